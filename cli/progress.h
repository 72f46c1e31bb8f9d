// The progress bar of a run: drawn on a terminal, a line now and then elsewhere.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "common/base/clock.h"

namespace millrace::cli {

struct ProgressState {
    size_t items_done = 0;
    size_t items = 0;
    uint64_t records = 0;
    uint64_t bytes = 0;
    std::string phase;  // "reading", "committing"
};

// "[=====>    ] 3/5 shards  12,345 records  1.20MB/s  reading"
std::string progress_line(const ProgressState& state, double seconds, size_t width);

// Draws from its own thread until it is destroyed; on standard error, so that results stay clean.
class ProgressBar {
  public:
    ProgressBar(Clock& clock, bool terminal, std::function<ProgressState()> look);
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

  private:
    void draw(bool last);

    Clock& clock_;
    bool terminal_;
    std::function<ProgressState()> look_;
    MonoTime began_;
    std::jthread thread_;
};

}  // namespace millrace::cli
