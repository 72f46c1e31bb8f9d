#include "worker/targets/field_name.h"

#include <algorithm>

#include "common/codec/json_writer.h"

namespace millrace {

FieldName::FieldName(std::string_view name) : plain_(name) {
    Buffer text;
    append_json_string(text, name);
    text.append(":");
    text_ = std::string(text.view());
    if (text_.size() <= kFixed) std::copy(text_.begin(), text_.end(), padded_);
}

}  // namespace millrace
