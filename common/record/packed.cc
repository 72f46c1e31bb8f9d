#include "common/record/packed.h"

#include "common/base/check.h"

namespace millrace {
namespace {

// Of every cell: its type, then eight bytes: the number, or the length of the bytes that follow.
struct Head {
    uint8_t type = 0;
    char number[sizeof(int64_t)] = {};
};

bool has_bytes(ValueType type) {
    return type == ValueType::kString || type == ValueType::kBinary;
}

}  // namespace

void pack(std::span<const Value> values, Buffer& out) {
    for (const Value& value : values) {
        Head head;
        head.type = static_cast<uint8_t>(value.type);
        int64_t number = 0;
        if (has_bytes(value.type)) {
            number = static_cast<int64_t>(value.bytes.size());
        } else if (value.type == ValueType::kBoolean) {
            number = value.boolean ? 1 : 0;
        } else if (!value.missing()) {
            std::memcpy(&number, &value.integer, sizeof number);  // of kDouble: its bits
        }
        std::memcpy(head.number, &number, sizeof number);
        out.append({reinterpret_cast<const char*>(&head), sizeof head});
        if (has_bytes(value.type)) out.append(value.bytes);
    }
}

std::vector<Value> unpack(std::string_view bytes) {
    std::vector<Value> values;
    while (!bytes.empty()) {
        Head head;
        MILLRACE_CHECK(bytes.size() >= sizeof head);
        std::memcpy(&head, bytes.data(), sizeof head);
        bytes.remove_prefix(sizeof head);
        int64_t number = 0;
        std::memcpy(&number, head.number, sizeof number);
        Value value;
        value.type = static_cast<ValueType>(head.type);
        if (has_bytes(value.type)) {
            const auto size = static_cast<size_t>(number);
            MILLRACE_CHECK(size <= bytes.size());
            value.bytes = bytes.substr(0, size);
            bytes.remove_prefix(size);
        } else if (value.type == ValueType::kBoolean) {
            value.boolean = number != 0;
        } else {
            std::memcpy(&value.integer, &number, sizeof number);
        }
        values.push_back(value);
    }
    return values;
}

}  // namespace millrace
