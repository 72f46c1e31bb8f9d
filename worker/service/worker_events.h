// What a worker tells coordinators.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/bus/bus.h"
#include "common/metrics/registry.h"
#include "millrace.pb.h"

namespace millrace {

// Neither blocks nor promises anything: events are doorbells and displays. Thread-safe.
class WorkerEvents final : public Bus {
  public:
    // `send` queues an event, or drops it when its queue is full.
    using Send = std::function<void(const wire::Event&)>;
    WorkerEvents(Send send, Clock& clock, Registry& metrics);

    // An item has changed.
    Status publish(const Doorbell& doorbell) override;
    // Nobody rings a worker here.
    Result<std::optional<Doorbell>> poll(Duration) override { return std::optional<Doorbell>(); }

    // A line of the process's log; those of a run go to its log. More than kLinesMax in a second
    // are dropped and counted: a flood must not hold up what matters.
    void log_line(const log::Line& line);
    void state(wire::WorkerState state);

    static constexpr int kLinesMax = 1000;

  private:
    bool may_log();

    const Send send_;
    Clock& clock_;
    Counter dropped_;
    std::mutex mutex_;
    MonoTime second_;  // the one that is counted; guarded by mutex_
    int lines_ = 0;    // in it; guarded by mutex_
};

}  // namespace millrace
