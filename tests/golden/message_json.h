// Fills protobuf messages from the golden JSON form: field names, enums as numbers, bytes as
// {"hex": …}.
#pragma once

#include <google/protobuf/message.h>

#include <nlohmann/json.hpp>
#include <string>

#include "common/crypto/digest.h"

namespace millrace::test {

class MessageJson {
  public:
    static void fill(google::protobuf::Message& message, const nlohmann::json& from) {
        for (const auto& [name, value] : from.items()) {
            const auto* field = message.GetDescriptor()->FindFieldByName(name);
            if (!field) throw std::runtime_error("no field " + name);
            if (!field->is_repeated()) {
                set(message, field, value);
                continue;
            }
            for (const auto& one : value) add(message, field, one);
        }
    }

  private:
    using Field = google::protobuf::FieldDescriptor;
    static std::string text(const nlohmann::json& from) {
        return from.is_object() ? from_hex(from.at("hex").get<std::string>())
                                : from.get<std::string>();
    }
    static void set(google::protobuf::Message& message, const Field* field,
                    const nlohmann::json& from) {
        const auto* to = message.GetReflection();
        switch (field->cpp_type()) {
            case Field::CPPTYPE_INT32: to->SetInt32(&message, field, from); break;
            case Field::CPPTYPE_INT64: to->SetInt64(&message, field, from); break;
            case Field::CPPTYPE_BOOL: to->SetBool(&message, field, from); break;
            case Field::CPPTYPE_ENUM: to->SetEnumValue(&message, field, from); break;
            case Field::CPPTYPE_STRING: to->SetString(&message, field, text(from)); break;
            case Field::CPPTYPE_MESSAGE: fill(*to->MutableMessage(&message, field), from); break;
            default: throw std::runtime_error("field type not used here: " + field->full_name());
        }
    }
    static void add(google::protobuf::Message& message, const Field* field,
                    const nlohmann::json& from) {
        const auto* to = message.GetReflection();
        switch (field->cpp_type()) {
            case Field::CPPTYPE_STRING: to->AddString(&message, field, text(from)); break;
            case Field::CPPTYPE_MESSAGE: fill(*to->AddMessage(&message, field), from); break;
            default: throw std::runtime_error("field type not used here: " + field->full_name());
        }
    }
};

}  // namespace millrace::test
