#include "coordinator/commit/make.h"

#include "coordinator/commit/elasticsearch.h"
#include "coordinator/commit/odps.h"
#include "coordinator/commit/opensearch.h"
#include "coordinator/commit/oss.h"
#include "coordinator/commit/ots.h"

namespace millrace {
namespace {

Result<std::unique_ptr<TargetCommit>> make_oss(const JobSpec& job, const InstanceView& instance,
                                               const CallContext& context) {
    MILLRACE_ASSIGN(const OssWriterConfig config, read_oss_writer(job.writer));
    const oss::Naming naming = naming_of(config, instance.window, instance.number);
    return std::unique_ptr<TargetCommit>(
        std::make_unique<OssCommit>(context, config, naming, instance.task));
}

}  // namespace

TargetRules target_rules(const JobSpec& job) {
    const std::string& plugin = job.writer.plugin;
    return {.keyed = plugin != "oss" && plugin != "odps",
            .may_overlap = job.writer.parameters.value("writeMode", "") == "append"};
}

Result<std::unique_ptr<TargetCommit>> make_target_commit(const JobSpec& job,
                                                         const InstanceView& instance,
                                                         const TargetParts& parts) {
    if (job.writer.plugin == "oss") return make_oss(job, instance, parts.context);
    if (job.writer.plugin == "elasticsearch") return make_elasticsearch(job, parts.context);
    if (job.writer.plugin == "odps") {
        return make_odps_commit(job.writer,
                                {parts.context, parts.store, parts.shape, parts.late_writes});
    }
    if (job.writer.plugin == "opensearch") {
        return make_opensearch(job, parts.shape, parts.context);
    }
    if (job.writer.plugin == "ots") return make_ots(job, parts.shape, parts.context);
    return config_error("writer \"" + job.writer.plugin + "\" is not built yet");
}

}  // namespace millrace
