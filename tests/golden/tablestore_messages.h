// The messages of an action by its name.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "tablestore.pb.h"

namespace millrace::test {

inline std::unique_ptr<google::protobuf::Message> new_message(const std::string& name) {
    const auto* file = tablestore::wire::Error::descriptor()->file();
    const auto* type = file->FindMessageTypeByName(name);
    if (!type) return nullptr;
    auto* factory = google::protobuf::MessageFactory::generated_factory();
    return std::unique_ptr<google::protobuf::Message>(factory->GetPrototype(type)->New());
}
// nullptr for actions that we do not speak.
inline std::unique_ptr<google::protobuf::Message> new_request(const std::string& action) {
    return new_message(action + "Request");
}
inline std::unique_ptr<google::protobuf::Message> new_response(const std::string& action) {
    return new_message(action + "Response");
}

}  // namespace millrace::test
