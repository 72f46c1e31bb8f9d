// The parameters of an opensearch writer (documents of Alibaba OpenSearch), checked. Coordinator
// and worker both read them from here.
#pragma once

#include <string>
#include <vector>

#include "common/base/secret.h"
#include "common/base/status.h"
#include "common/config/job_spec.h"

namespace millrace {

enum class DocumentWriteMode : uint8_t {
    kAdd,     // whole documents: fields that are not given are lost
    kUpdate,  // only the fields that are given; not in every edition
};

// Whether documents carry the time of their change, so that nothing older wins.
enum class DocumentTimestamps : uint8_t {
    kAuto,  // where the edition takes it
    kOn,
    kOff,
};

struct OpenSearchWriterConfig {
    std::string host;  // "https://opensearch-cn-hangzhou.aliyuncs.com"
    std::string app;   // indexName
    std::string table;
    std::string access_id;
    Secret access_key;
    Secret sts_token;                  // empty = a long-lived key
    std::vector<std::string> columns;  // names of the fields, in the reader's order; never empty
    uint32_t batch_documents = 0;      // a push ends at whichever comes first
    uint64_t batch_bytes = 0;          // of the body, before any encoding
    DocumentWriteMode write_mode = DocumentWriteMode::kAdd;
    bool skip_dirty = false;          // false: a document that can never be written fails the job
    bool ignore_write_error = false;  // a push that fails after all tries is counted as dirty
    bool propagate_deletes = false;   // false: deletes are dropped and counted
    // The interface of old applications: add and delete only, no timestamps unless they are on.
    bool version2 = false;
    DocumentTimestamps timestamps = DocumentTimestamps::kAuto;
    int max_retries = 30;
};

// The job language has checked forms and bounds already; kConfig names what is still wrong.
Result<OpenSearchWriterConfig> read_opensearch_writer(const PluginSpec& writer);

}  // namespace millrace
