#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"

namespace millrace::cli {
namespace {

std::string_view word_of(Severity severity) {
    switch (severity) {
        case Severity::kNote: return "note";
        case Severity::kWarning: return "warning";
        case Severity::kError: return "error";
    }
    return "?";
}

nlohmann::json as_json(const std::vector<Finding>& findings) {
    nlohmann::json list = nlohmann::json::array();
    for (const Finding& finding : findings) {
        list.push_back({{"file", finding.file},
                        {"line", finding.line},
                        {"column", finding.column},
                        {"severity", word_of(finding.severity)},
                        {"text", finding.text},
                        {"code", finding.code}});
    }
    return list;
}

struct Tally {
    size_t errors = 0, warnings = 0, notes = 0;
};

Tally count(const std::vector<Finding>& findings) {
    Tally tally;
    for (const Finding& finding : findings) {
        ++(finding.severity == Severity::kError     ? tally.errors
           : finding.severity == Severity::kWarning ? tally.warnings
                                                    : tally.notes);
    }
    return tally;
}

std::string counted(size_t number, const std::string& word) {
    return std::to_string(number) + " " + word + (number == 1 ? "" : "s");
}

}  // namespace

int run_lint(const Options& options, Surroundings& world) {
    const Result<JobRequest> request = make_job_request(options, world);
    if (!request.ok()) {
        world.err << "millrace lint: " << request.status().text() << "\n";
        return kExitUsage;
    }
    const ParsedJob parsed = parse_job(*request);
    const Tally tally = count(parsed.findings);
    if (options.json) {
        const nlohmann::json result = {{"file", request->file},
                                       {"errors", tally.errors},
                                       {"warnings", tally.warnings},
                                       {"notes", tally.notes},
                                       {"findings", as_json(parsed.findings)}};
        world.out << result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    } else {
        for (const Finding& finding : parsed.findings) world.out << to_text(finding) << "\n";
        world.out << request->file << ": " << counted(tally.errors, "error") << ", "
                  << counted(tally.warnings, "warning") << ", " << counted(tally.notes, "note")
                  << "\n";
    }
    return parsed.job ? kExitDone : kExitUsage;
}

}  // namespace millrace::cli
