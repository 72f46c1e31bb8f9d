#include "cli/watch.h"

#include <algorithm>
#include <ostream>

#include "cli/run_text.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

constexpr Duration kScreenEvery = std::chrono::seconds(1);
constexpr Duration kLinesEvery = std::chrono::seconds(2);
constexpr Duration kWaitForCoordinator = std::chrono::seconds(60);

// Draws over what it has drawn before.
class Screen {
  public:
    Screen(std::ostream& out, bool terminal) : out_(out), terminal_(terminal) {}

    void show(const View& view) {
        if (terminal_) {
            if (height_ > 0) out_ << "\033[" << height_ << "A";
            out_ << "\r\033[J" << view.screen;
            height_ = std::count(view.screen.begin(), view.screen.end(), '\n');
        } else if (view.lines != before_) {
            out_ << view.lines;
            before_ = view.lines;
        }
        out_.flush();
    }

  private:
    std::ostream& out_;
    const bool terminal_;
    std::ptrdiff_t height_ = 0;
    std::string before_;
};

}  // namespace

Status watch(Surroundings& world, const std::function<Result<View>()>& look) {
    Screen screen(world.out, world.terminal);
    std::optional<MonoTime> lost;  // the coordinator, since then
    for (;;) {
        const Result<View> view = look();
        if (view.ok()) {
            lost.reset();
            screen.show(*view);
            if (view->last) return {};
        } else if (view.status().code() != Code::kUnreachable) {
            return view.status();
        } else {
            const MonoTime now = world.clock.monotonic();
            if (lost && now - *lost > kWaitForCoordinator) return view.status();
            if (!lost) world.err << "waiting: " << view.status().text() << "\n";
            if (!lost) lost = now;
        }
        if (!world.clock.sleep(world.terminal ? kScreenEvery : kLinesEvery, {}))
            return Status(Code::kCancelled, "stopped");
    }
}

Result<json> watch_run(Client& client, const RunId& run, Surroundings& world) {
    json state;
    int ends = 0;
    MILLRACE_TRY(watch(world, [&]() -> Result<View> {
        MILLRACE_ASSIGN(state, client.run(run));
        const TimePoint now = world.clock.now();
        // The ledger says that it failed a moment before the coordinator says why.
        const bool unexplained =
            state.value("state", json()) == "FAILED" && !state.contains("code");
        ends += is_over(state) ? 1 : 0;
        return View{run_line(state, now) + "\n" + run_text(state, now), run_line(state, now) + "\n",
                    ends > (unexplained ? 1 : 0)};
    }));
    return state;
}

}  // namespace millrace::cli
