// Virtual time and the threads that live in it: one runs at a time, on one thread of the system,
// until it waits. Which one comes next is decided by time and by the seed alone.
#pragma once

#include <ucontext.h>

#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "common/base/time.h"
#include "tests/sim/dice.h"

namespace millrace::sim {

class Scheduler;
class Thread;

// What dies or freezes as a whole.
class Process {
  public:
    Process(Scheduler& scheduler, std::string name)
        : scheduler_(scheduler), name_(std::move(name)) {}
    ~Process() { kill(); }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    const std::string& name() const { return name_; }
    bool alive() const { return alive_; }
    // Nothing of it runs before that time.
    void freeze(Duration until) { frozen_until_ = std::max(frozen_until_, until); }
    Duration frozen_until() const { return frozen_until_; }
    // Its threads are unwound where they wait. Not from one of its own.
    void kill();

  private:
    friend class Scheduler;
    Scheduler& scheduler_;
    const std::string name_;
    bool alive_ = true;
    Duration frozen_until_{0};
    std::vector<std::shared_ptr<Thread>> threads_;
};

class Scheduler {
  public:
    explicit Scheduler(uint64_t seed) : dice_(seed) {}
    ~Scheduler();
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    Duration now() const { return now_; }
    Dice& dice() { return dice_; }

    // `what` runs at that time on the scheduler's own stack; it must not wait.
    void at(Duration when, std::function<void()> what);
    void after(Duration pause, std::function<void()> what) { at(now_ + pause, std::move(what)); }
    std::shared_ptr<Thread> start(Process& process, std::function<void()> body);

    // ---- in a thread
    // Until woken (true) or until that time (false). Ends by an exception when the process is
    // killed.
    bool wait_until(Duration when);
    void pause(Duration duration) { (void)wait_until(now_ + duration); }
    std::shared_ptr<Thread> current() const;
    Process* process() const;
    // The whole process stops here; this thread is the first that goes on.
    void freeze_here(Duration until);

    // Somebody else holds what the present thread needs. Does not throw: a killed thread waits on,
    // until who holds it has been unwound.
    static void wait_for_mutex();

    // ---- from anywhere
    void wake(const std::shared_ptr<Thread>& thread);

    // Until nothing is left to happen, `done` says so (asked after each event), or that time.
    void run(Duration until, const std::function<bool()>& done);

  private:
    friend class Process;
    struct Event {
        Duration when;
        uint64_t order;  // among those of one moment
        uint64_t number;
        std::function<void()> what;
        std::weak_ptr<Thread> thread;  // to be resumed, when `what` is empty
        uint64_t wait = 0;             // which of its waits
        bool woken = false;
    };
    struct Later {
        bool operator()(const Event& a, const Event& b) const;
    };

    void push(Event event);
    void resume_when_due(const Event& event);
    void resume(const std::shared_ptr<Thread>& thread);
    bool suspend(Duration when, uint64_t order);

    Dice dice_;
    Duration now_{0};
    uint64_t events_ = 0;
    std::priority_queue<Event, std::vector<Event>, Later> queue_;
    std::shared_ptr<Thread> current_;
    ucontext_t own_{};
};

}  // namespace millrace::sim
