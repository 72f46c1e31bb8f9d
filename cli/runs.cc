// `millrace ps`, `millrace show` and `millrace logs`.
#include <ostream>

#include "cli/remote.h"
#include "cli/run_text.h"
#include "cli/watch.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

constexpr size_t kRunsMax = 200;
constexpr std::chrono::seconds kFollowWait{20};

json list_of(const json& answer) {
    return answer.value("runs", json::array());
}

Result<View> view_of_runs(Client& client, bool active_only, Surroundings& world) {
    MILLRACE_ASSIGN(const json answer, client.runs(active_only, kRunsMax));
    const TimePoint now = world.clock.now();
    View view{runs_text(list_of(answer), now), "", false};
    for (const json& run : list_of(answer)) view.lines += run_line(run, now) + "\n";
    return view;
}

// A log goes on where it stood when another coordinator has taken over.
Status follow(Client& client, const RunId& run, uint64_t after, Surroundings& world) {
    return watch(world, [&]() -> Result<View> {
        for (;;) {
            MILLRACE_ASSIGN(const LogPage page, client.log(run, after, kFollowWait));
            for (const std::string& line : page.lines) world.out << line << "\n";
            world.out.flush();
            after = page.next;
            if (page.ended && page.lines.empty()) return View{"", "", true};
        }
    });
}

}  // namespace

int run_ps(const Options& options, Surroundings& world) {
    return ask_coordinator(options, world, [&](Client& client) -> Result<int> {
        if (options.watch) {
            MILLRACE_TRY(watch(world, [&] { return view_of_runs(client, !options.all, world); }));
            return kExitDone;
        }
        MILLRACE_ASSIGN(const json answer, client.runs(!options.all, kRunsMax));
        if (options.json) {
            print_json(answer, world.out);
        } else {
            world.out << runs_text(list_of(answer), world.clock.now());
        }
        return kExitDone;
    });
}

int run_show(const Options& options, Surroundings& world) {
    return ask_coordinator(options, world, [&](Client& client) -> Result<int> {
        const RunId run(options.subject);
        if (options.watch) {
            MILLRACE_ASSIGN(const json last, watch_run(client, run, world));
            return exit_code_of_run(last);
        }
        MILLRACE_ASSIGN(const json answer, client.run(run));
        if (options.json) {
            print_json(answer, world.out);
        } else {
            world.out << run_text(answer, world.clock.now());
        }
        return kExitDone;
    });
}

int run_logs(const Options& options, Surroundings& world) {
    return ask_coordinator(options, world, [&](Client& client) -> Result<int> {
        const RunId run(options.subject);
        uint64_t after = 0;
        for (;;) {
            MILLRACE_ASSIGN(const LogPage page, client.log(run, after, std::chrono::seconds(0)));
            for (const std::string& line : page.lines) world.out << line << "\n";
            if (page.lines.empty() || page.next == after) break;
            after = page.next;
        }
        if (options.follow) MILLRACE_TRY(follow(client, run, after, world));
        return kExitDone;
    });
}

}  // namespace millrace::cli
