// Values to JSON, by the type of the column. Conversions are those of DataX; what it would get
// wrong (numbers out of range, text that is no UTF-8) is dirty.
#pragma once

#include <string_view>

#include "common/base/buffer.h"
#include "common/config/elasticsearch_writer.h"
#include "common/record/value.h"
#include "worker/targets/elasticsearch/dates.h"

namespace millrace::elasticsearch {

// The field of a column as it stands in a document, made once.
class FieldName {
  public:
    explicit FieldName(std::string_view name);
    // Appends `"name":`.
    void append(Buffer& out) const {
        if (text_.size() <= kFixed) [[likely]] {
            std::memcpy(out.room(kFixed), padded_, kFixed);
            out.commit(text_.size());
        } else {
            out.append(text_);
        }
    }
    // Without quotes and escapes.
    const std::string& plain() const { return plain_; }

  private:
    static constexpr size_t kFixed = 32;
    std::string plain_, text_;
    char padded_[kFixed] = {};
};

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
    FieldEncoder(const Column& column, DateFormat dates);

    const char* append_text(const Value& value, Buffer& out) const;
    const char* append_date(const Value& value, Buffer& out) const;

    FieldName name_;
    ColumnType type_;
    DateFormat dates_;
};

}  // namespace millrace::elasticsearch
