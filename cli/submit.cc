// `millrace submit`.
#include <ostream>

#include "cli/remote.h"
#include "cli/run_text.h"
#include "cli/submission.h"
#include "cli/watch.h"

namespace millrace::cli {
namespace {

void say(const Submitted& submitted, const Options& options, Surroundings& world) {
    for (const std::string& note : submitted.notes) world.err << "note: " << note << "\n";
    if (options.json) return print_json(api::to_json(submitted), world.out);
    world.out << "run " << submitted.run.text()
              << (submitted.was_done ? ": its window is committed already; nothing was done" : "")
              << "\n";
}

}  // namespace

int run_submit(const Options& options, Surroundings& world) {
    const Result<Submission> submission = make_submission(options, world);
    if (!submission.ok()) {
        world.err << "millrace submit: " << submission.status().text() << "\n";
        return exit_code_of(submission.status());
    }
    return ask_coordinator(options, world, [&](Client& client) -> Result<int> {
        MILLRACE_ASSIGN(const Submitted submitted, client.submit(*submission));
        say(submitted, options, world);
        if (!options.watch || submitted.was_done) return kExitDone;
        MILLRACE_ASSIGN(const nlohmann::json run, watch_run(client, submitted.run, world));
        return exit_code_of_run(run);
    });
}

}  // namespace millrace::cli
