#include "cli/submission.h"

#include <algorithm>
#include <optional>
#include <set>

#include "common/config/script_writer.h"
#include "common/config/text_reader.h"

namespace millrace::cli {
namespace {

// The data sources that a script names. Nothing when a name has a variable in it: then it may mean
// any of them.
using Names = std::optional<std::set<std::string>>;

void collect_names(const Node& node, Names& names) {
    for (const Node& item : node.items) collect_names(item, names);
    for (const Member& member : node.members) {
        if (member.key == "datasource" && member.value.is_text()) {
            const std::string& name = member.value.text;
            if (name.find('$') != std::string::npos) names.reset();
            if (names) names->insert(name);
        } else {
            collect_names(member.value, names);
        }
    }
}

Status errors_of(const Findings& findings) {
    std::string text;
    for (const Finding& finding : findings.sorted()) {
        if (finding.severity == Severity::kError)
            text += (text.empty() ? "" : "\n") + to_text(finding);
    }
    return config_error(text);
}

Result<std::string> sources_for(const JobRequest& request) {
    if (!request.sources) return std::string();
    // What is wrong with the script, the coordinator says.
    Findings of_script(request.file);
    Names names{std::in_place};
    collect_names(read_text(request.text, of_script), names);
    if (of_script.failed()) names.reset();

    Findings findings(request.sources->file);
    Node root = read_text(request.sources->text, findings);
    if (names) {
        std::erase_if(root.members,
                      [&](const Member& member) { return !names->contains(member.key); });
    }
    apply_environment(root, request.environment, findings);
    if (findings.failed()) return errors_of(findings);
    return write_script(root, {}, {.mask_secrets = false});
}

}  // namespace

Result<Submission> make_submission(const Options& options, Surroundings& world) {
    MILLRACE_ASSIGN(const JobRequest request, make_job_request(options, world));
    Submission submission;
    submission.file = request.file;
    submission.script = request.text;
    MILLRACE_ASSIGN(submission.sources, sources_for(request));
    submission.variables = options.variables;
    submission.name = options.name;
    submission.label = options.label;
    submission.replay = options.replay;
    submission.accept_loss = options.accept_loss;
    submission.dirty_records_max = options.error_limit;
    return submission;
}

}  // namespace millrace::cli
