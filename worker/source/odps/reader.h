// The reader `odps`: one slice of the rows of a MaxCompute table or partition.
#pragma once

#include <optional>

#include "worker/source/odps/pieces.h"
#include "worker/source/odps/rows.h"
#include "worker/source/record_hash.h"
#include "worker/source/source.h"

namespace millrace {

struct OdpsSourceConfig {
    std::string table;
    ShardId shard;
    maxcompute::RowsStart rows;
    std::vector<OdpsReadColumn> columns;
    std::vector<ShapeColumn> shape;  // of the rows, as the coordinator found it
    int64_t ordered_us = 0;          // Change::ordered_us of every row
    RowPieceSizes pieces;
};

// A row's sequence is its number in the partition; its part of the source sum is of its values. A
// row with a time that no date type holds is given out as unreadable.
class OdpsSource final : public Source {
  public:
    // `resume` = the position of the last checkpoint. `client` outlives this object.
    OdpsSource(maxcompute::Client& client, std::stop_token stop, OdpsSourceConfig config,
               TimeTexts texts, maxcompute::RowsPosition resume);

    Result<bool> next(Change& change) override;
    uint64_t record_bytes() const override { return packed_.size(); }
    XXH128_hash_t record_hash() const override {
        return hash_.of({}, ChangeKind::kPut, packed_.view());
    }
    std::string position() const override { return place_.json(); }
    ItemEnd end() const override { return {EndKind::kShardEnd, position()}; }

  private:
    Status open();
    Status next_fields();
    void explain(int column, Change& change);

    std::stop_token stop_;
    const OdpsSourceConfig config_;
    const TimeTexts texts_;
    maxcompute::RowsPosition place_;  // behind the row last returned
    mutable RecordHash hash_;
    RowPieces pieces_;
    std::optional<StoredRows> rows_;  // once the columns are known
    std::optional<maxcompute::RecordReader> records_;
    std::vector<maxcompute::Field> fields_;
    Buffer packed_;
    std::string reason_;
};

}  // namespace millrace
