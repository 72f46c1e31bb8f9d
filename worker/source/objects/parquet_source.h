// The reader `oss` for Parquet: one object from where its item stands to its end.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>

#include "common/base/buffer.h"
#include "common/codec/parquet/convert.h"
#include "common/codec/parquet/reader.h"
#include "common/config/oss_reader.h"
#include "common/services/oss/client.h"
#include "common/services/oss/object_item.h"
#include "worker/source/source.h"

namespace millrace {

struct ParquetSourceParts {
    oss::Client& client;
    const OssReaderConfig& reader;
    const RecordShape& shape;  // of the run, as its first object gave it
    oss::ObjectStart object;
    int64_t ordered_us = 0;  // Change::ordered_us of every record
    std::stop_token stop;
};

// A cell that is not of the type which the script asks for makes its record unreadable.
class ParquetSource final : public Source {
  public:
    // `resume` = the position of the last checkpoint; empty = from the beginning. The client
    // outlives what is made, the other parts need not.
    static Result<std::unique_ptr<ParquetSource>> create(const ParquetSourceParts& parts,
                                                         const std::string& resume);

    Result<bool> next(Change& change) override;
    uint64_t record_bytes() const override { return packed_.size(); }
    // Of its cells as the object holds them.
    XXH128_hash_t record_hash() const override { return hash128(packed_.view()); }
    std::string position() const override;
    ItemEnd end() const override { return {EndKind::kShardEnd, position()}; }

  private:
    using Dates = parquet::Dates;

    struct Column {
        std::optional<size_t>
            cell;  // in rows_; none = a constant, which stands in values_ for good
        std::optional<ObjectFieldType> type;  // none = as it is
        std::optional<DatePattern> date;      // none = the usual forms
        std::string memory;                   // of texts that are made
    };

    ParquetSource(std::string object, int64_t ordered_us, std::stop_token stop, Dates dates)
        : object_(std::move(object)),
          ordered_us_(ordered_us),
          stop_(std::move(stop)),
          dates_(std::move(dates)) {}

    Status open(const ParquetSourceParts& parts, const std::string& resume);
    Status bind(const ParquetSourceParts& parts, std::vector<uint32_t>& cells);
    Status bind_all(const RecordShape& shape, std::vector<uint32_t>& cells);
    Result<uint32_t> find(const ObjectColumn& column) const;
    // Null, or why the cell has no such value.
    const char* convert(Column& column, const Value& cell, Value& value) const;
    const char* to_text(Column& column, const Value& cell, Value& value) const;
    const char* to_time(const Column& column, const Value& cell, Value& value) const;

    const std::string object_;
    const int64_t ordered_us_;
    const std::stop_token stop_;
    const Dates dates_;
    std::unique_ptr<parquet::Reader> rows_;  // none: nothing is read
    std::vector<Column> columns_;
    std::vector<std::string> constants_;  // where values_ view into
    std::vector<Value> values_;
    uint64_t records_ = 0;
    Buffer packed_;
    std::string reason_;
};

}  // namespace millrace
