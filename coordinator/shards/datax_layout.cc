#include "coordinator/shards/datax_layout.h"

#include <cstdio>

#include "common/codec/plainbuffer/writer.h"

namespace millrace::datax {

std::string time_text(MillisPoint time) {
    char text[32];
    std::snprintf(text, sizeof text, "%16lld", static_cast<long long>(to_millis(time)));
    return text;
}

std::string row_key(const StreamId& stream, std::string_view type, std::string_view value) {
    using plainbuffer::KeyValue;
    const std::vector<plainbuffer::KeyCell> cells = {
        {"StreamId", KeyValue::of(Value::of_string(stream.text()))},
        {"StatusType", KeyValue::of(Value::of_string(type))},
        {"StatusValue", KeyValue::of(Value::of_string(value))}};
    return plainbuffer::encode_key(cells);
}

}  // namespace millrace::datax
