// Names of fields in JSON documents.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "common/base/buffer.h"

namespace millrace {

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

}  // namespace millrace
