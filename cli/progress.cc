#include "cli/progress.h"

#include <cstdio>

#include "cli/report.h"
#include "cli/text.h"

namespace millrace::cli {
namespace {

constexpr Duration kDrawEvery = std::chrono::milliseconds(200);
constexpr Duration kLineEvery = std::chrono::seconds(5);

}  // namespace

std::string progress_line(const ProgressState& state, double seconds, size_t width) {
    const double done =
        state.items == 0 ? 0
                         : static_cast<double>(state.items_done) / static_cast<double>(state.items);
    return bar(done, width) + " " + std::to_string(state.items_done) + "/" +
           std::to_string(state.items) + " shards  " + grouped(state.records) + " records  " +
           speed_text(state.bytes, seconds) + "  " + state.phase;
}

ProgressBar::ProgressBar(Clock& clock, bool terminal, std::function<ProgressState()> look)
    : clock_(clock),
      terminal_(terminal),
      look_(std::move(look)),
      began_(clock.monotonic()),
      thread_([this](std::stop_token stop) {
          while (clock_.sleep(terminal_ ? kDrawEvery : kLineEvery, stop)) draw(false);
      }) {}

ProgressBar::~ProgressBar() {
    thread_.request_stop();
    thread_.join();
    draw(true);
}

void ProgressBar::draw(bool last) {
    const double seconds = std::chrono::duration<double>(clock_.monotonic() - began_).count();
    const std::string line = progress_line(look_(), seconds, 30);
    if (terminal_) {
        std::fprintf(stderr, "\r\033[K%s%s", line.c_str(), last ? "\n" : "");
    } else {
        std::fprintf(stderr, "%s\n", line.c_str());
    }
    std::fflush(stderr);
}

}  // namespace millrace::cli
