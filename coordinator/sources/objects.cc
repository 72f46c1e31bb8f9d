#include "coordinator/sources/objects.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/codec/csv_reader.h"
#include "common/codec/gunzip.h"
#include "common/codec/parquet/built.h"
#include "common/codec/parquet/reader.h"
#include "common/services/oss/object_item.h"
#include "coordinator/sources/pattern.h"

namespace millrace {
namespace {

using nlohmann::json;

constexpr std::string_view kWildcards = "*?";
constexpr uint64_t kFirstBytes = 256 << 10;  // of an object, for its first row
constexpr uint64_t kFirstBytesMax = 16 << 20;
constexpr size_t kInflatedMax = 64 << 20;

// What Millrace itself keeps in buckets, and folders that consoles make.
bool is_no_data(const oss::ObjectInfo& object) {
    const std::string path = "/" + object.key;
    return path.find("/_millrace/") != std::string::npos ||
           (object.length == 0 && object.key.ends_with('/'));
}

ValueType type_of(ObjectFieldType type) {
    switch (type) {
        case ObjectFieldType::kString: return ValueType::kString;
        case ObjectFieldType::kLong: return ValueType::kInteger;
        case ObjectFieldType::kDouble: return ValueType::kDouble;
        case ObjectFieldType::kBoolean: return ValueType::kBoolean;
        case ObjectFieldType::kDate: return ValueType::kDatetime;
        case ObjectFieldType::kBytes: return ValueType::kBinary;
    }
    return ValueType::kAbsent;
}

// Fields of the first row in the beginning of an object; nothing when it is not all there.
std::optional<size_t> fields_of_first(std::string_view bytes, bool all, CsvDialect dialect) {
    CsvSplitter splitter(dialect, true);
    CsvRecord record;
    while (!bytes.empty() && splitter.next(bytes, all, record)) {
        if (!record.fields.empty()) return record.fields.size();
        bytes.remove_prefix(record.raw.size());
    }
    return all ? std::optional<size_t>(0) : std::nullopt;
}

// As much as a beginning of gzip data holds.
Result<Buffer> inflate_beginning(std::string_view bytes) {
    Gunzip gunzip;
    Buffer held, piece;
    while (held.size() < kInflatedMax) {
        MILLRACE_ASSIGN(const size_t used, gunzip.next(bytes, kFirstBytes, piece));
        bytes.remove_prefix(used);
        held.append(piece.view());
        if (piece.empty() && used == 0) break;
    }
    return held;
}

}  // namespace

Result<SourceFacts> ObjectSide::connect() {
    MILLRACE_TRY(find_objects());
    SourceFacts facts;
    MILLRACE_ASSIGN(facts.shape.columns, columns());
    facts.server_time = context_.clock.now();
    return facts;
}

Status ObjectSide::find_objects() {
    objects_.clear();
    for (const std::string& name : reader_.objects) {
        const bool pattern = name.find_first_of(kWildcards) != std::string::npos;
        MILLRACE_TRY(pattern ? find_matches(name) : find_literal(name));
    }
    const auto by_name = [](const auto& a, const auto& b) { return a.key < b.key; };
    const auto same = [](const auto& a, const auto& b) { return a.key == b.key; };
    std::sort(objects_.begin(), objects_.end(), by_name);
    objects_.erase(std::unique(objects_.begin(), objects_.end(), same), objects_.end());
    return {};
}

Status ObjectSide::find_literal(const std::string& name) {
    Result<oss::ObjectInfo> object = client_.head_object(name);
    if (object.ok()) {
        objects_.push_back(*std::move(object));
        return {};
    }
    if (object.status().code() != Code::kNotFound) return object.status();
    if (reader_.success_on_no_object) return {};
    return config_error("there is no object " + name + " in bucket " + reader_.address.bucket +
                        "; with \"successOnNoObject\": true that is no error");
}

Status ObjectSide::find_matches(const std::string& pattern) {
    const std::string prefix = pattern.substr(0, pattern.find_first_of(kWildcards));
    MILLRACE_ASSIGN(std::vector<oss::ObjectInfo> listed, client_.list_objects(prefix));
    const size_t before = objects_.size();
    for (oss::ObjectInfo& object : listed) {
        if (is_no_data(object) || !matches_pattern(object.key, pattern)) continue;
        objects_.push_back(std::move(object));
    }
    if (objects_.size() > before || reader_.success_on_no_object) return {};
    return config_error("no object of bucket " + reader_.address.bucket + " has a name like " +
                        pattern + "; with \"successOnNoObject\": true that is no error");
}

Result<std::vector<ShapeColumn>> ObjectSide::columns() {
    std::vector<ShapeColumn> columns;
    if (reader_.format == ObjectFormat::kParquet) {
        MILLRACE_TRY(parquet::check_built());
        if (reader_.all_columns) return columns_of_parquet();
    }
    if (reader_.all_columns) {
        fields_ = 0;
        for (size_t i = 0; i < objects_.size() && fields_ == 0; ++i) {
            MILLRACE_ASSIGN(fields_, count_fields(objects_[i]));
        }
        for (size_t i = 0; i < fields_; ++i) {
            columns.push_back({"field" + std::to_string(i), ValueType::kString});
        }
        return columns;
    }
    for (const ObjectColumn& column : reader_.columns) {
        std::string name = column.name;
        if (column.index) name = "field" + std::to_string(*column.index);
        if (column.constant) name = "value" + std::to_string(columns.size());
        columns.push_back({name, type_of(column.type)});
    }
    return columns;
}

// Those of the first object; the others must have the same.
Result<std::vector<ShapeColumn>> ObjectSide::columns_of_parquet() {
    std::vector<ShapeColumn> columns;
    if (objects_.empty()) return columns;
    const oss::ObjectInfo& first = objects_.front();
    MILLRACE_ASSIGN(const TimeZone zone, TimeZone::find(reader_.time_zone));
    MILLRACE_ASSIGN(
        const auto reader,
        parquet::Reader::open({first.length,
                               [&](uint64_t begin, uint64_t count) {
                                   return client_.get_range(first.key, {begin, begin + count - 1});
                               }},
                              "object " + first.key, zone));
    columns = reader->columns();
    fields_ = columns.size();
    return columns;
}

// 0 when it has no row.
Result<size_t> ObjectSide::count_fields(const oss::ObjectInfo& object) {
    const CsvDialect dialect{reader_.format == ObjectFormat::kCsv, reader_.delimiter};
    for (uint64_t want = kFirstBytes;; want *= 8) {
        if (object.length == 0) return size_t{0};
        const uint64_t asked = std::min({want, object.length, kFirstBytesMax});
        MILLRACE_ASSIGN(Buffer bytes, client_.get_range(object.key, {0, asked - 1}));
        if (reader_.compress == ObjectCompression::kGzip) {
            Result<Buffer> inflated = inflate_beginning(bytes.view());
            if (!inflated.ok()) return inflated.status().with_context("object " + object.key);
            bytes = *std::move(inflated);
        }
        const bool all = asked == object.length;
        if (const auto fields = fields_of_first(bytes.view(), all, dialect)) return *fields;
        if (asked == kFirstBytesMax) {
            return fatal_error("the first line of object " + object.key +
                               " is longer than 16 MiB: is this the object's format?");
        }
    }
}

Result<std::vector<ListedItem>> ObjectSide::list() {
    std::vector<ListedItem> items;
    for (const oss::ObjectInfo& object : objects_) {
        const oss::ObjectStart start{object.key, object.etag, object.length, fields_};
        items.push_back({ShardId(object.key), start.json()});
    }
    // A run has at least one item; this one reads nothing.
    if (items.empty()) items.push_back({ShardId("no object"), oss::ObjectStart{}.json()});
    return items;
}

json ObjectSide::describe() const {
    return {{"kind", "oss"},
            {"endpoint", reader_.address.endpoint.origin()},
            {"bucket", reader_.address.bucket},
            {"objects", reader_.objects}};
}

}  // namespace millrace
