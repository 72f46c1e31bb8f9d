#include "coordinator/commit/elasticsearch.h"

#include "coordinator/commit/elasticsearch_index.h"
#include "coordinator/commit/keyed.h"

namespace millrace {

using nlohmann::json;

Result<std::unique_ptr<TargetCommit>> make_elasticsearch(const JobSpec& job,
                                                         const CallContext& context) {
    MILLRACE_ASSIGN(const elasticsearch::WriterConfig config,
                    elasticsearch::read_writer_config(job.writer));
    KeyedTargetEdges edges;
    edges.target = {{"kind", "elasticsearch"},
                    {"endpoint", job.writer.parameters.value("endpoint", "")},
                    {"index", config.index}};
    edges.prepare = [config, &context](const InstanceView& instance) -> Result<json> {
        elasticsearch::Client client(context, config.client);
        MILLRACE_ASSIGN(const elasticsearch::Prepared prepared,
                        elasticsearch::prepare_index(client, config, instance.run.text()));
        return json{{"uuid", prepared.uuid}};
    };
    edges.finish = [config, &context](const json& remembered) {
        elasticsearch::Client client(context, config.client);
        return elasticsearch::finish_index(client, config, remembered.value("uuid", ""));
    };
    return std::unique_ptr<TargetCommit>(std::make_unique<KeyedCommit>(std::move(edges)));
}

}  // namespace millrace
