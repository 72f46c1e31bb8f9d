#include "coordinator/catalog/values.h"

#include <charconv>

#include "common/base/hash128.h"

namespace millrace {
namespace {

// The first byte of a record: a whole value, the header of a long one, a chunk of one.
constexpr char kWhole = '=';
constexpr char kHeader = '#';
constexpr char kChunk = '+';
constexpr size_t kChunkMax = CatalogRecord::kValueMax - 1;

std::string chunk_key(const std::string& key, size_t number) {
    return key + "/+" + std::to_string(number);
}

std::string sum_of_value(std::string_view value) {
    Sum128 sum;
    sum.add(value);
    return sum.hex();
}

// "<chunks> <sum>"
std::string header(size_t chunks, std::string_view value) {
    return kHeader + std::to_string(chunks) + " " + sum_of_value(value);
}

Status torn(const std::string& key) {
    return Status(Code::kCorrupt, "the value of \"" + key + "\" in the catalog is not whole");
}

}  // namespace

void CatalogValues::take(CatalogRecord record) {
    if (record.value.empty()) {
        raw_.erase(record.key);
    } else {
        raw_[std::move(record.key)] = std::move(record.value);
    }
}

Result<std::map<std::string, std::string>> CatalogValues::finish() {
    std::map<std::string, std::string> values;
    for (auto& [key, raw] : raw_) {
        if (raw.front() == kChunk) continue;
        if (raw.front() == kWhole) {
            values.emplace(key, raw.substr(1));
            continue;
        }
        size_t chunks = 0;
        std::from_chars(raw.data() + 1, raw.data() + raw.size(), chunks);
        std::string value;
        for (size_t i = 0; i < chunks; ++i) {
            const auto chunk = raw_.find(chunk_key(key, i));
            if (chunk == raw_.end()) return torn(key);
            value.append(chunk->second, 1);
        }
        if (header(chunks, value) != raw) return torn(key);
        chunks_[key] = chunks;
        values.emplace(key, std::move(value));
    }
    raw_.clear();
    return values;
}

std::vector<CatalogRecord> CatalogValues::records(const std::string& key,
                                                  const std::string& value) {
    std::vector<CatalogRecord> records;
    const size_t before = chunks_.contains(key) ? chunks_[key] : 0;
    const bool is_long = value.size() > kChunkMax;
    const size_t chunks = is_long ? (value.size() + kChunkMax - 1) / kChunkMax : 0;
    for (size_t i = 0; i < chunks; ++i) {
        records.push_back({chunk_key(key, i), kChunk + value.substr(i * kChunkMax, kChunkMax)});
    }
    for (size_t i = chunks; i < before; ++i) records.push_back({chunk_key(key, i), {}});
    if (is_long) {
        records.push_back({key, header(chunks, value)});
        chunks_[key] = chunks;
    } else {
        records.push_back({key, value.empty() ? std::string() : kWhole + value});
        chunks_.erase(key);
    }
    return records;
}

}  // namespace millrace
