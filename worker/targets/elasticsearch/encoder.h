// Values to JSON, by the type of the column. Conversions are those of DataX; what it would get
// wrong (numbers out of range, text that is no UTF-8) is dirty.
#pragma once

#include <string_view>

#include "common/base/buffer.h"
#include "common/codec/dates.h"
#include "common/config/elasticsearch_writer.h"
#include "common/record/value.h"
#include "worker/targets/field_name.h"

namespace millrace::elasticsearch {

// Encodes the values of one column. Used by one thread.
class FieldEncoder {
  public:
    static Result<FieldEncoder> create(const Column& column);
    const FieldName& name() const { return name_; }
    bool in_document() const { return type_ != ColumnType::kId; }
    // Appends the value, which is not missing. Nothing, or why it cannot be written; `out` may then
    // hold a part of it.
    const char* append(const Value& value, Buffer& out) const;

  private:
    FieldEncoder(const Column& column, TimeZone zone);

    const char* append_text(const Value& value, Buffer& out) const;
    const char* append_date(const Value& value, Buffer& out) const;
    std::string iso_of(const Value& value) const;

    FieldName name_;
    ColumnType type_;
    TimeZone zone_;                     // of dates without one
    std::optional<DatePattern> dates_;  // none: texts are passed on as they are
};

}  // namespace millrace::elasticsearch
