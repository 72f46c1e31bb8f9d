// The writer's settings, read from the job's parameters.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/config/job_spec.h"
#include "common/services/elasticsearch/config.h"

namespace millrace::elasticsearch {

enum class ColumnType : uint8_t {
    kId,
    kText,
    kKeyword,
    kLong,
    kInteger,
    kShort,
    kByte,
    kDouble,
    kFloat,
    kBoolean,
    kDate,
    kBinary,
    kObject,
    kNested,
    kIp,
};

struct Column {
    std::string name;
    ColumnType type = ColumnType::kText;
    nlohmann::json mapping;  // its part of the index mapping; null for an id
    // Dates given as text: read by `format` (letters of Java, "yyyy-MM-dd HH:mm:ss") in `zone` and
    // written as ISO 8601; an empty format passes the text on as it is.
    std::string format;
    std::string zone;  // IANA name; empty = UTC
};

// One column of the writer for each column of the reader, in its order.
struct WriterConfig {
    Config client;
    std::string index;
    std::vector<Column> columns;
    // Names of reader columns that make the id by `primaryKeyInfo`; they stay in the document.
    std::vector<std::string> id_columns;
    std::string id_delimiter;  // between the parts of an id; empty = ","
    bool cleanup = false;
    bool dynamic = false;        // true: no mapping is put
    nlohmann::json dst_dynamic;  // the mapping's `dynamic`; null = not set
    nlohmann::json settings = nlohmann::json::object();
    size_t batch_changes = 1024;
    bool ignore_write_error = false;
    bool ignore_parse_error = true;
    bool write_null = true;
    bool propagate_deletes = false;
    std::string alias;
    bool alias_exclusive = false;
    std::vector<std::string> notes;  // for people: what of the script has no effect here
};

// kConfig when something is missing, out of bounds or not supported, naming the parameter.
Result<WriterConfig> read_writer_config(const PluginSpec& spec);

}  // namespace millrace::elasticsearch
