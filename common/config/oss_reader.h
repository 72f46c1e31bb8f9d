// The parameters of an oss reader (objects), checked. Coordinator and worker both read them from
// here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/config/job_spec.h"
#include "common/config/object_format.h"
#include "common/services/oss/config.h"

namespace millrace {

enum class ObjectFieldType : uint8_t { kString, kLong, kDouble, kBoolean, kDate, kBytes };

// One column of the rows: a field of the objects, or the same text in every row.
struct ObjectColumn {
    std::optional<uint32_t> index;  // of the field, 0 = first
    std::string name;               // of the field, parquet only; empty with an index
    std::optional<std::string> constant;
    ObjectFieldType type = ObjectFieldType::kString;
    std::string date_format;  // Java's, of kDate; empty = the usual forms
};

enum class ObjectCompression : uint8_t { kNone, kGzip };

struct OssReaderConfig {
    oss::Config address;
    std::vector<std::string> objects;  // names or patterns with * and ?
    ObjectFormat format = ObjectFormat::kCsv;
    bool all_columns = false;  // `columns` is empty: every field, csv and text as texts
    std::vector<ObjectColumn> columns;
    char delimiter = ',';
    std::string encoding = "utf-8";          // small letters
    std::optional<std::string> null_format;  // fields with exactly this text are null
    bool skip_header = false;                // the first line of each object
    ObjectCompression compress = ObjectCompression::kNone;
    bool success_on_no_object = false;  // patterns without a match are no error
    std::string time_zone;              // IANA name: that of dates without one
};

// The job language has checked forms and bounds already; kConfig names what is still wrong.
Result<OssReaderConfig> read_oss_reader(const PluginSpec& reader);

// One column as scripts write it: {"index": 0, "type": "long"}.
Result<ObjectColumn> read_object_column(const nlohmann::json& item);

}  // namespace millrace
