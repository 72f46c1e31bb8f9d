// From the fields of a record to the values of a row.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/codec/csv_reader.h"
#include "common/codec/dates.h"
#include "common/config/oss_reader.h"
#include "common/record/value.h"

namespace millrace {

// Used by one thread.
class FieldRows {
  public:
    // `fields`: how many a record must have where all columns are wanted. kConfig for constants
    // that are not of their type and for what is not built yet.
    static Result<FieldRows> create(const OssReaderConfig& config, uint64_t fields);

    // Why a record has no row; no record contents.
    struct Problem {
        std::string reason;
        int column = -1;  // position in the job's column list
    };
    // Nothing = values() are those of the record, and end with it. Fields behind the ones that are
    // asked for by index do not matter.
    std::optional<Problem> read(const CsvRecord& record);
    std::span<const Value> values() const { return values_; }

  private:
    struct Column {
        std::optional<uint32_t> index;  // none = a constant, which stands in values_ for good
        ObjectFieldType type = ObjectFieldType::kString;
        std::optional<DatePattern> date;  // none = the usual forms
    };
    explicit FieldRows(UsualDates dates) : dates_(std::move(dates)) {}

    Status add(const ObjectColumn& column, const std::string& zone);
    std::optional<Problem> read_all(const CsvRecord& record, bool utf8);
    bool is_null(std::string_view text) const { return null_format_ && text == *null_format_; }
    // Null or why `text` is not of the column's type.
    const char* convert(const Column& column, std::string_view text, Value& value) const;

    bool all_ = false;
    std::optional<std::string> null_format_;
    std::vector<std::string> constants_;  // where values_ view into
    std::vector<Column> columns_;
    std::vector<Value> values_;
    UsualDates dates_;
};

}  // namespace millrace
