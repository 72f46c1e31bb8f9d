// Rows of the ledger as JSON texts, as the catalog keeps them. Fields that have their first value
// are left out, so that rows may gain fields.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/store/rows.h"

namespace millrace::catalog {

// Intent and receipt are values of their own.
struct InstanceText {
    InstanceRow row;
    uint64_t ordinal = 0;  // order of creation
};
std::string encode(const InstanceRow& row, uint64_t ordinal);
Result<InstanceText> decode_instance(const std::string& text);

struct StoredItem {
    ItemRow row;
    std::vector<Part> parts;
    bool operator==(const StoredItem&) const = default;
};
std::string encode(std::span<const StoredItem> items);
Result<std::vector<StoredItem>> decode_items(const std::string& text);

std::string encode(const Counts& counts);
Result<Counts> decode_counts(const std::string& text);

std::string encode(std::span<const ShardBorders> borders);
Result<std::vector<ShardBorders>> decode_borders(const std::string& text);

}  // namespace millrace::catalog
