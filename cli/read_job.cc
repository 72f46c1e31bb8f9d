#include "cli/read_job.h"

#include <ostream>

namespace millrace::cli {

Result<JobSpec> read_job(const JobRequest& request, Surroundings& world) {
    ParsedJob parsed = parse_job(request);
    for (const Finding& finding : parsed.findings) world.err << to_text(finding) << "\n";
    if (!parsed.job) return config_error("the job has errors; nothing was done");
    return *std::move(parsed.job);
}

}  // namespace millrace::cli
