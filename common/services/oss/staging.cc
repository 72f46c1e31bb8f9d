#include "common/services/oss/staging.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "common/services/oss/ledger_json.h"

namespace millrace::oss {
std::string Staging::json() const {
    return nlohmann::json{{"object", object}, {"name", name}, {"upload", upload},
                          {"base", base},     {"rows", rows}, {"bytes", bytes}}
        .dump();
}

Result<Staging> Staging::parse(const std::string& text) {
    return read_ledger_json<Staging>(text, "staging",
                                     [](const nlohmann::json& json, Staging& staging) {
                                         json.at("object").get_to(staging.object);
                                         json.at("name").get_to(staging.name);
                                         json.at("upload").get_to(staging.upload);
                                         json.at("base").get_to(staging.base);
                                         json.at("rows").get_to(staging.rows);
                                         json.at("bytes").get_to(staging.bytes);
                                         return true;
                                     });
}

std::string StagedPart::json() const {
    // The CRC is text: not every reader of JSON keeps 64 bits of a number.
    return nlohmann::json{{"name", name}, {"upload", upload}, {"number", number},
                          {"etag", etag}, {"bytes", bytes},   {"crc64", std::to_string(crc64)},
                          {"rows", rows}, {"sum", sum.hex()}}
        .dump();
}

Result<StagedPart> StagedPart::parse(const std::string& text) {
    return read_ledger_json<StagedPart>(
        text, "part", [](const nlohmann::json& json, StagedPart& part) {
            json.at("name").get_to(part.name);
            json.at("upload").get_to(part.upload);
            json.at("number").get_to(part.number);
            json.at("etag").get_to(part.etag);
            json.at("bytes").get_to(part.bytes);
            json.at("rows").get_to(part.rows);
            const std::string crc = json.at("crc64");
            const char* end = crc.data() + crc.size();
            if (std::from_chars(crc.data(), end, part.crc64).ptr != end) return false;
            const Result<Sum128> sum = Sum128::parse(json.at("sum").get<std::string>());
            if (!sum.ok()) return false;
            part.sum = *sum;
            return true;
        });
}

}  // namespace millrace::oss
