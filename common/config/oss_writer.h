// The parameters of an oss writer, checked. Coordinator and worker both read them from here.
#pragma once

#include <string>
#include <vector>

#include "common/codec/csv.h"
#include "common/config/job_spec.h"
#include "common/config/object_format.h"
#include "common/config/parquet_settings.h"
#include "common/services/oss/config.h"
#include "common/services/oss/names.h"

namespace millrace {

enum class OssWriteMode : uint8_t {
    kTruncate,     // after the commit, objects of equal or inner windows are removed
    kAppend,       // nothing is removed
    kNonConflict,  // no object with the prefix may be there
};

struct OssWriterConfig {
    oss::Config address;
    std::string object;  // beginning of the names
    std::string suffix;  // "" or with its dot
    OssWriteMode write_mode = OssWriteMode::kAppend;
    ObjectFormat file_format = ObjectFormat::kText;
    CsvFormat format;                 // of csv and text
    ParquetSettings parquet;          // of parquet
    std::vector<std::string> header;  // empty = none
    // A part is cut at the first row end from `part_bytes` on; an object ends at the first row end
    // from either of the others on.
    uint64_t part_bytes = 0;
    uint64_t object_rows = 0;
    uint64_t object_bytes = 0;
    bool generate_empty_file = false;
};

// kConfig names the parameter and what to write instead.
Result<OssWriterConfig> read_oss_writer(const PluginSpec& writer);

// How the objects of an instance are named; `replay` is its number.
oss::Naming naming_of(const OssWriterConfig& config, const Window& window, int replay);

}  // namespace millrace
