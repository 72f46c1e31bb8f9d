// How the two sides of a job fit an application of Alibaba OpenSearch. Coordinator and worker both
// decide it from here, so they agree.
#pragma once

#include <optional>

#include "common/config/opensearch_writer.h"
#include "common/record/shape.h"
#include "common/services/opensearch/config.h"
#include "common/services/opensearch/reply.h"

namespace millrace {

opensearch::Settings settings_of(const OpenSearchWriterConfig& config);

struct ApplicationFit {
    bool timestamps = true;  // documents carry the time of their change
    // The column that fills the key field; nothing where that is not known: then the records of the
    // source have no key, and every record is an operation of its own.
    std::optional<size_t> key_column;
    // Where that column stands in the key of the source; nothing for sources without keys.
    std::optional<size_t> key_of_source;
};

// kConfig when they do not fit: another number of columns, no such table, an edition without what
// the job asks for, no column for the key field. `app` may say nothing at all.
Result<ApplicationFit> fit_application(const OpenSearchWriterConfig& config,
                                       const RecordShape& source, const opensearch::AppInfo& app);

}  // namespace millrace
