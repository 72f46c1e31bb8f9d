#include "common/services/oss/object_item.h"

#include <charconv>

#include "common/services/oss/ledger_json.h"

namespace millrace::oss {
namespace {

constexpr int kObjectItemVersion = 1;

}  // namespace

std::string ObjectStart::json() const {
    return nlohmann::json{{"v", kObjectItemVersion},
                          {"object", object},
                          {"etag", etag},
                          {"length", length},
                          {"fields", fields}}
        .dump();
}

Result<ObjectStart> ObjectStart::parse(const std::string& text) {
    return read_ledger_json<ObjectStart>(text, "start of an object",
                                         [](const nlohmann::json& json, ObjectStart& start) {
                                             json.at("object").get_to(start.object);
                                             json.at("etag").get_to(start.etag);
                                             json.at("length").get_to(start.length);
                                             json.at("fields").get_to(start.fields);
                                             return json.at("v") == kObjectItemVersion;
                                         });
}

std::string ObjectPosition::json() const {
    // The CRC is text: not every reader of JSON keeps 64 bits of a number.
    return nlohmann::json{{"v", kObjectItemVersion},
                          {"offset", offset},
                          {"records", records},
                          {"line", line},
                          {"crc64", std::to_string(crc64)},
                          {"crc_offset", crc_offset}}
        .dump();
}

Result<ObjectPosition> ObjectPosition::parse(const std::string& text) {
    return read_ledger_json<ObjectPosition>(
        text, "position in an object", [](const nlohmann::json& json, ObjectPosition& place) {
            json.at("offset").get_to(place.offset);
            json.at("records").get_to(place.records);
            json.at("line").get_to(place.line);
            json.at("crc_offset").get_to(place.crc_offset);
            const std::string crc = json.at("crc64");
            const char* end = crc.data() + crc.size();
            if (json.at("v") != kObjectItemVersion || crc.empty()) return false;
            return std::from_chars(crc.data(), end, place.crc64).ptr == end;
        });
}

}  // namespace millrace::oss
