#include "tests/standin/odps_store.h"

#include <algorithm>

#include "tests/standin/http_server.h"

namespace millrace::standin {
namespace {

std::string bare(std::string_view text) {
    static constexpr std::string_view kAround = " \t'\"`";
    const size_t first = text.find_first_not_of(kAround);
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(kAround) - first + 1));
}

OdpsRows shared(std::vector<OdpsRow> rows) {
    return std::make_shared<const std::vector<OdpsRow>>(std::move(rows));
}

}  // namespace

size_t OdpsPartition::count() const {
    size_t count = 0;
    for (const OdpsRows& piece : pieces) count += piece->size();
    return count;
}

void OdpsPartition::append(std::vector<OdpsRow> rows, int64_t now_s) {
    if (!rows.empty()) pieces.push_back(shared(std::move(rows)));
    modified_s = now_s;
}

void OdpsPartition::replace(std::vector<OdpsRow> rows, int64_t now_s) {
    pieces.clear();
    ++rewrites;
    append(std::move(rows), now_s);
}

size_t OdpsTable::count() const {
    size_t count = 0;
    for (const auto& [key, partition] : partitions) count += partition.count();
    return count;
}

int64_t OdpsTable::modified_s() const {
    int64_t latest = ddl_s;
    for (const auto& [key, partition] : partitions) latest = std::max(latest, partition.modified_s);
    return latest;
}

const char* odps_status_name(OdpsStatus status) {
    switch (status) {
        case OdpsStatus::kNormal: return "normal";
        case OdpsStatus::kCommitting: return "committing";
        case OdpsStatus::kClosed: return "closed";
        case OdpsStatus::kCanceled: return "canceled";
        case OdpsStatus::kExpired: return "expired";
        case OdpsStatus::kCritical: return "critical";
    }
    return "unknown";
}

OdpsTable* OdpsStore::find(const std::string& name) {
    const auto found = tables.find(lower(name));
    return found == tables.end() ? nullptr : &found->second;
}

std::vector<std::pair<std::string, std::string>> parse_odps_spec(const std::string& text) {
    std::vector<std::pair<std::string, std::string>> spec;
    for (size_t at = 0; at <= text.size();) {
        const size_t end = std::min(text.find_first_of(",/", at), text.size());
        const std::string_view part = std::string_view(text).substr(at, end - at);
        const size_t equals = std::min(part.find('='), part.size());
        const std::string value = bare(part.substr(std::min(equals + 1, part.size())));
        spec.emplace_back(lower(bare(part.substr(0, equals))), value);
        at = end + 1;
    }
    return spec;
}

std::optional<OdpsPartitionKey> odps_key(
    const OdpsSchema& schema, const std::vector<std::pair<std::string, std::string>>& spec) {
    if (spec.size() != schema.keys.size()) return std::nullopt;
    OdpsPartitionKey key;
    for (const OdpsColumn& level : schema.keys) {
        const auto named = [&](const auto& part) { return part.first == level.name; };
        const auto found = std::find_if(spec.begin(), spec.end(), named);
        if (found == spec.end() || found->second.empty()) return std::nullopt;
        key.push_back(found->second);
    }
    return key;
}

}  // namespace millrace::standin
