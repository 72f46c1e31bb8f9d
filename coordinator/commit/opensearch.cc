#include "coordinator/commit/opensearch.h"

#include "common/config/opensearch_application.h"
#include "common/services/opensearch/client.h"
#include "coordinator/commit/keyed.h"

namespace millrace {

using nlohmann::json;

Result<std::unique_ptr<TargetCommit>> make_opensearch(const JobSpec& job, const RecordShape& shape,
                                                      const CallContext& context) {
    MILLRACE_ASSIGN(const OpenSearchWriterConfig config, read_opensearch_writer(job.writer));
    MILLRACE_ASSIGN(const opensearch::Config address, opensearch::make_config(settings_of(config)));
    KeyedTargetEdges edges;
    // A push that succeeded was received; when searches see it, and whether a field was refused
    // then, the service does not tell.
    edges.target = {{"kind", "opensearch"},
                    {"endpoint", address.endpoint.origin()},
                    {"app", config.app},
                    {"table", config.table},
                    {"acknowledged", "received"}};
    edges.prepare = [config, address, shape, &context](const InstanceView&) -> Result<json> {
        opensearch::Client client(context, address);
        MILLRACE_ASSIGN(const opensearch::AppInfo app, opensearch::what_is_told(client));
        MILLRACE_TRY(fit_application(config, shape, app).status());
        return json{{"id", app.id}};
    };
    edges.finish = [](const json&) { return Status(); };
    return std::unique_ptr<TargetCommit>(std::make_unique<KeyedCommit>(std::move(edges)));
}

}  // namespace millrace
