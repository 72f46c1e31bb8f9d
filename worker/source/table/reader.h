// The reader `ots`: one range of a table's rows.
#pragma once

#include "common/base/clock.h"
#include "common/codec/plainbuffer/reader.h"
#include "common/services/tablestore/key_range.h"
#include "common/services/tablestore/range.h"
#include "worker/source/record_hash.h"
#include "worker/source/source.h"
#include "worker/source/table/rows.h"

namespace millrace {

struct TableSourceConfig {
    std::string table;
    ShardId shard;
    tablestore::KeyRange range;
    TableRowShape rows;
    // Of multi-version mode, see TableReaderConfig.
    int64_t time_begin_ms = 0;
    int64_t time_end_ms = std::numeric_limits<int64_t>::max();
    int max_versions = 1;
    // Of every row (Change::ordered_us): when the export began. Whatever changed later is newer.
    int64_t ordered_us = 0;
    int corrupt_retries_max = 30;
};

// One page is fetched while the one before is worked off. A row that does not change while the
// range is read, in however many runs, is given exactly once: where reading stands is a key.
class TableSource final : public Source {
  public:
    // `resume` = the position of the last checkpoint. `client` and `clock` outlive this object.
    TableSource(tablestore::Client& client, Clock& clock, std::stop_token stop,
                TableSourceConfig config, std::optional<tablestore::RangePosition> resume);

    Result<bool> next(Change& change) override;
    uint64_t record_bytes() const override { return rows_.row_bytes().size(); }
    XXH128_hash_t record_hash() const override {
        return hash_.of({}, ChangeKind::kPut, rows_.row_bytes());
    }
    std::string position() const override;
    ItemEnd end() const override;

  private:
    void open();
    void fetch_from(const std::string& key, tablestore::RangePage reuse);
    Result<bool> next_page();
    Result<bool> next_row();
    Status check(const plainbuffer::Row& row) const;
    Result<std::strong_ordering> compare_to_row(const std::string& key) const;
    Status leave_page();
    Status on_corrupt(const Status& status);
    // row_ lies in page_.
    bool has_row() const { return !rows_.row_bytes().empty(); }
    std::string last_key() const;

    Clock& clock_;
    std::stop_token stop_;
    const TableSourceConfig config_;
    TableShaper shaper_;
    mutable RecordHash hash_;
    tablestore::wire::GetRangeRequest request_;  // but for its begin
    tablestore::RangeFetch fetch_;

    tablestore::RangePage page_;
    tablestore::RangePage spare_;  // the page before: its memory is used for the one after
    bool has_page_ = false;
    std::string page_begin_;           // the key that page_ was asked for with
    plainbuffer::RowReader rows_{{}};  // of page_
    plainbuffer::Row row_, reading_;   // the last good one; the one that may turn out damaged
    // `rows` is as of now, `after` as of the beginning of page_.
    tablestore::RangePosition place_;
    bool known_may_come_ = false;  // the next row may be the one that the place lies after
    bool opened_ = false;
    bool ended_ = false;
    Duration pause_{0};
    int corrupt_retries_ = 0;
};

}  // namespace millrace
