// What workers tell, brought to where it is wanted.
#pragma once

#include <atomic>

#include "coordinator/service/run_log.h"
#include "coordinator/service/supervisor.h"
#include "coordinator/service/worker_table.h"

namespace millrace::wire {
class Event;
}

namespace millrace {

// Thread-safe. Log lines and the table of workers are kept by a coordinator that stands by, too.
class EventDispatcher {
  public:
    // All outlive it.
    EventDispatcher(RunLog& log, WorkerTable& workers, Clock& clock)
        : log_(log), workers_(workers), clock_(clock) {}

    // Runs are driven from now on; `supervisor` outlives the last take().
    void lead(Supervisor& supervisor) { supervisor_ = &supervisor; }
    void take(const wire::Event& event);

  private:
    RunLog& log_;
    WorkerTable& workers_;
    Clock& clock_;
    std::atomic<Supervisor*> supervisor_ = nullptr;
};

}  // namespace millrace
