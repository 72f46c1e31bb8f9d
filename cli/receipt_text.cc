#include "cli/receipt_text.h"

#include <nlohmann/json.hpp>

#include "coordinator/start.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

std::string number(const json& value) {
    return value.is_number() ? value.dump() : "0";
}

std::string shard_line(const json& shard) {
    return "  shard " + shard.at("shard").get<std::string>() + ": read " +
           number(shard.at("counts").at("read")) + ", rows " +
           number(shard.at("counts").at("rows")) + ", ends at a " +
           (shard.at("end").at("kind") == "shard_end" ? "closed shard's end" : "border") + "\n";
}

std::string object_line(const json& object) {
    return "  object " + object.at("name").get<std::string>() + ": " + number(object.at("rows")) +
           " rows, " + number(object.at("bytes")) + " bytes, crc64 " +
           object.at("crc64").get<std::string>() + "\n";
}

std::string lists(const json& receipt, size_t objects_max) {
    std::string text;
    for (const json& shard : receipt.at("shards")) text += shard_line(shard);
    const json objects = receipt.value("objects", json::array());
    for (size_t i = 0; i < objects.size() && i < objects_max; ++i) text += object_line(objects[i]);
    if (objects.size() > objects_max) {
        text += "  … and " + std::to_string(objects.size() - objects_max) + " more objects\n";
    }
    if (receipt.contains("manifest")) {
        text += "  manifest " + receipt["manifest"].get<std::string>() + "\n";
    }
    for (const json& name : receipt.value("removed", json::array())) {
        text += "  removed " + name.get<std::string>() + "\n";
    }
    for (const json& loss : receipt.at("loss")) {
        text += "  LOSS in shard " + loss.at("shard").get<std::string>() + " from " +
                to_iso8601(from_millis(loss.at("from_ms"))) + " to " +
                to_iso8601(from_millis(loss.at("to_ms"))) + ": the stream had forgotten it\n";
    }
    for (const json& note : receipt.at("notes"))
        text += "  note: " + note.get<std::string>() + "\n";
    return text;
}

}  // namespace

std::string receipt_text(const json& receipt, size_t objects_max) {
    const Window window{from_millis(receipt.at("window").at("start_ms")),
                        from_millis(receipt.at("window").at("end_ms"))};
    const json& counts = receipt.at("counts");
    return "receipt of run " + receipt.at("run").get<std::string>() + " (" +
           receipt.at("kind").get<std::string>() + "), window " + to_text(window) + "\n" +
           lists(receipt, objects_max) + "  read " + number(counts.at("read")) +
           " = acknowledged " + number(counts.at("acknowledged")) + " + quarantined " +
           number(counts.at("quarantined")) + " + dropped " +
           std::to_string(counts.at("dropped").at("delete_in_row_mode").get<uint64_t>() +
                          counts.at("dropped").at("no_configured_column").get<uint64_t>()) +
           "\n  sums: source " + receipt.at("sums").at("source").get<std::string>() + ", output " +
           receipt.at("sums").at("output").get<std::string>() + "\n";
}

}  // namespace millrace::cli
