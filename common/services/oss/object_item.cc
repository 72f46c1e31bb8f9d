#include "common/services/oss/object_item.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace millrace::oss {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;

// Runs `read`; what it throws becomes a status.
template <typename T, typename Read>
Result<T> read_form(const std::string& text, const char* what, Read read) {
    try {
        const Json json = Json::parse(text);
        T value;
        if (json.at("v") == kVersion && read(json, value)) return value;
    } catch (const Json::exception&) {
        // said below
    }
    return Status(Code::kCorrupt,
                  std::string("the ledger's ") + what + " of an object cannot be read");
}

}  // namespace

std::string ObjectStart::json() const {
    return Json{
        {"v", kVersion}, {"object", object}, {"etag", etag}, {"length", length}, {"fields", fields}}
        .dump();
}

Result<ObjectStart> ObjectStart::parse(const std::string& text) {
    return read_form<ObjectStart>(text, "start", [](const Json& json, ObjectStart& start) {
        json.at("object").get_to(start.object);
        json.at("etag").get_to(start.etag);
        json.at("length").get_to(start.length);
        json.at("fields").get_to(start.fields);
        return true;
    });
}

std::string ObjectPosition::json() const {
    // The CRC is text: not every reader of JSON keeps 64 bits of a number.
    return Json{{"v", kVersion},
                {"offset", offset},
                {"records", records},
                {"line", line},
                {"crc64", std::to_string(crc64)},
                {"crc_offset", crc_offset}}
        .dump();
}

Result<ObjectPosition> ObjectPosition::parse(const std::string& text) {
    return read_form<ObjectPosition>(text, "position", [](const Json& json, ObjectPosition& place) {
        json.at("offset").get_to(place.offset);
        json.at("records").get_to(place.records);
        json.at("line").get_to(place.line);
        json.at("crc_offset").get_to(place.crc_offset);
        const std::string crc = json.at("crc64");
        const char* end = crc.data() + crc.size();
        return !crc.empty() && std::from_chars(crc.data(), end, place.crc64).ptr == end;
    });
}

}  // namespace millrace::oss
