// The keys of the catalog.
#pragma once

#include <optional>
#include <string>

#include "common/base/ids.h"

namespace millrace::catalog {

inline constexpr const char* kTokenKey = "token";
inline constexpr const char* kCeilingKey = "ceiling";
inline constexpr const char* kInstances = "instance/";
inline constexpr const char* kItems = "items/";
inline constexpr const char* kBorders = "borders/";
inline constexpr const char* kPackages = "package/";
// What the items of a run have counted, from when on they are no longer kept.
inline constexpr const char* kCounts = "counts/";

// Few records for many items, and little to write again when one is added.
inline constexpr size_t kItemsOfRecord = 100;

inline std::string instance_key(const RunId& run) {
    return kInstances + run.text();
}
inline std::string intent_key(const RunId& run) {
    return "intent/" + run.text();
}
inline std::string receipt_key(const RunId& run) {
    return "receipt/" + run.text();
}
// Numbers of one width, so that keys in order are items in order.
inline std::string items_key(const RunId& run, size_t number) {
    std::string digits = std::to_string(number);
    digits.insert(0, digits.size() < 8 ? 8 - digits.size() : 0, '0');
    return kItems + run.text() + "/" + digits;
}
inline std::string borders_key(const RunId& run) {
    return kBorders + run.text();
}
inline std::string counts_key(const RunId& run) {
    return kCounts + run.text();
}
inline std::string package_key(const RunId& run) {
    return kPackages + run.text();
}
inline std::optional<RunId> run_of_package(const std::string& key) {
    if (!key.starts_with(kPackages)) return {};
    return RunId(key.substr(std::string(kPackages).size()));
}

}  // namespace millrace::catalog
