// Rows of the golden JSON form as PlainBuffer rows.
#pragma once

#include <deque>
#include <nlohmann/json.hpp>
#include <string>

#include "common/codec/plainbuffer/model.h"
#include "common/crypto/digest.h"

namespace millrace::test {

// Owns the texts that the rows it makes point to.
class RowJson {
  public:
    Value value(const nlohmann::json& from) {
        const std::string type = from.at("type");
        if (type == "integer") return Value::of_integer(std::stoll(text(from, "value")));
        if (type == "double") {
            const uint64_t bits = std::stoull(text(from, "bits"), nullptr, 16);
            double real = 0;
            std::memcpy(&real, &bits, sizeof(real));
            return Value::of_real(real);
        }
        if (type == "boolean") return Value::of_boolean(from.at("value").get<bool>());
        if (type == "string") return Value::of_string(keep(text(from, "value")));
        if (type == "binary") return Value::of_binary(keep(from_hex(text(from, "hex"))));
        throw std::runtime_error("unknown type " + type);
    }
    plainbuffer::KeyValue key_value(const nlohmann::json& from) {
        const std::string type = from.at("type");
        if (type == "inf_min") return plainbuffer::KeyValue::inf_min();
        if (type == "inf_max") return plainbuffer::KeyValue::inf_max();
        if (type == "auto_increment") return plainbuffer::KeyValue::auto_increment();
        return plainbuffer::KeyValue::of(value(from));
    }
    plainbuffer::Cell cell(const nlohmann::json& from) {
        plainbuffer::Cell made;
        made.name = keep(text(from, "name"));
        const std::string op = from.value("op", "");
        if (op == "delete_one_version") made.op = plainbuffer::CellOp::kDeleteOne;
        if (op == "delete_all_versions") made.op = plainbuffer::CellOp::kDeleteAll;
        if (op == "increment") made.op = plainbuffer::CellOp::kIncrement;
        if (from.contains("type")) made.value = value(from);
        if (from.contains("timestamp")) made.timestamp_ms = std::stoll(text(from, "timestamp"));
        return made;
    }
    plainbuffer::Row row(const nlohmann::json& from) {
        plainbuffer::Row made;
        for (const auto& key : from.at("primary_key")) {
            made.key.push_back({keep(text(key, "name")), key_value(key)});
        }
        for (const auto& one : from.at("cells")) made.cells.push_back(cell(one));
        made.delete_marker = from.at("delete_marker").get<bool>();
        if (from.contains("sequence_info")) {
            const auto& sequence = from["sequence_info"];
            made.sequence = Sequence{sequence.at("epoch").get<uint32_t>(),
                                     std::stoll(text(sequence, "timestamp_us")),
                                     sequence.at("row_index").get<uint32_t>()};
        }
        return made;
    }

  private:
    static std::string text(const nlohmann::json& from, const char* name) {
        return from.at(name).get<std::string>();
    }
    std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }
    std::deque<std::string> texts_;
};

}  // namespace millrace::test
