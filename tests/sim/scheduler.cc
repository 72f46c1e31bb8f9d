#include "tests/sim/scheduler.h"

#include <sched.h>
#include <sys/mman.h>

#include <exception>
#include <utility>

#include "common/base/check.h"

namespace millrace::sim {
namespace {

constexpr size_t kStackBytes = 512 * 1024;

// Unwinds the stack of a thread whose process has died.
struct Killed {};

// Stacks are used again: making one costs more than a short history.
constexpr Duration kMutexPause = std::chrono::microseconds(100);

class StackPool {
  public:
    void* take() {
        if (!free_.empty()) {
            void* stack = free_.back();
            free_.pop_back();
            return stack;
        }
        void* stack = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
        MILLRACE_CHECK(stack != MAP_FAILED);
        mprotect(stack, 4096, PROT_NONE);  // what runs over its end is seen
        return stack;
    }
    void give_back(void* stack) { free_.push_back(stack); }

  private:
    std::vector<void*> free_;
};

StackPool& stacks() {
    static StackPool pool;
    return pool;
}

}  // namespace

class Thread {
  public:
    Thread(Process& owner, std::function<void()> work) : process(owner), body(std::move(work)) {}
    ~Thread() {
        if (stack) stacks().give_back(stack);
    }

    Process& process;
    std::function<void()> body;
    void* stack = nullptr;
    ucontext_t context{};
    uint64_t wait = 0;  // number of the present wait
    bool woken = false;
    bool killed = false;
    bool stays = false;  // where it waits it does not end by an exception
    bool ended = false;
};

namespace {

// makecontext passes only ints, and a mutex knows no scheduler.
Thread* starting = nullptr;
thread_local Scheduler* running = nullptr;

void thread_main() {
    Thread& self = *starting;
    try {
        self.body();
    } catch (const Killed&) {
    }
    self.body = nullptr;
    self.ended = true;
}

}  // namespace

bool Scheduler::Later::operator()(const Event& a, const Event& b) const {
    if (a.when != b.when) return a.when > b.when;
    if (a.order != b.order) return a.order > b.order;
    return a.number > b.number;
}

Scheduler::~Scheduler() = default;

void Process::kill() {
    if (!alive_) return;
    alive_ = false;
    const std::vector<std::shared_ptr<Thread>> threads = std::move(threads_);
    for (const auto& thread : threads) {
        MILLRACE_CHECK(thread != scheduler_.current_);
        thread->killed = true;
    }
    // Who waits for a mutex may need several turns.
    for (size_t left = 1; left > 0;) {
        left = 0;
        for (const auto& thread : threads) {
            if (thread->ended || !thread->stack) continue;
            scheduler_.resume(thread);
            left += thread->ended ? 0 : 1;
        }
    }
}

void Scheduler::push(Event event) {
    event.number = ++events_;
    queue_.push(std::move(event));
}

void Scheduler::at(Duration when, std::function<void()> what) {
    push({std::max(when, now_), dice_.next() | 1, 0, std::move(what), {}});
}

std::shared_ptr<Thread> Scheduler::start(Process& process, std::function<void()> body) {
    auto thread = std::make_shared<Thread>(process, std::move(body));
    process.threads_.push_back(thread);
    push({now_, dice_.next() | 1, 0, {}, thread, thread->wait, true});
    return thread;
}

std::shared_ptr<Thread> Scheduler::current() const {
    return current_;
}

Process* Scheduler::process() const {
    return current_ ? &current_->process : nullptr;
}

bool Scheduler::wait_until(Duration when) {
    return suspend(when, dice_.next() | 1);
}

// A look at the clock does not throw, wherever it stands: a process that dies in its sleep goes on
// until its next wait.
void Scheduler::freeze_here(Duration until) {
    const std::shared_ptr<Thread> self = current_;
    if (self->killed) return;
    self->process.freeze(until);
    self->stays = true;
    (void)suspend(until, 0);
    self->stays = false;
}

bool Scheduler::suspend(Duration when, uint64_t order) {
    MILLRACE_CHECK(current_ != nullptr);
    const std::shared_ptr<Thread> self = current_;
    if (self->killed && !self->stays) {
        // What still runs while a dead thread is unwound does not wait any more.
        if (std::uncaught_exceptions() > 0) return false;
        throw Killed();
    }
    self->woken = false;
    ++self->wait;
    push({std::max(when, now_), order, 0, {}, self, self->wait, false});
    swapcontext(&self->context, &own_);
    if (self->killed && !self->stays) throw Killed();
    return self->woken;
}

void Scheduler::wait_for_mutex() {
    if (!running || !running->current_) return (void)sched_yield();
    Thread& self = *running->current_;
    self.stays = true;
    (void)running->wait_until(running->now_ + kMutexPause);
    self.stays = false;
}

void Scheduler::wake(const std::shared_ptr<Thread>& thread) {
    if (!thread || thread->ended) return;
    push({now_, dice_.next() | 1, 0, {}, thread, thread->wait, true});
}

void Scheduler::resume_when_due(const Event& event) {
    const std::shared_ptr<Thread> thread = event.thread.lock();
    if (!thread || thread->ended || thread->wait != event.wait || thread->killed) return;
    if (const Duration thawed = thread->process.frozen_until(); thawed > now_) {
        Event later = event;
        later.when = thawed;
        push(std::move(later));
        return;
    }
    thread->woken = event.woken;
    ++thread->wait;
    resume(thread);
}

void Scheduler::resume(const std::shared_ptr<Thread>& thread) {
    const std::shared_ptr<Thread> before = std::exchange(current_, thread);
    running = this;
    if (!thread->stack) {
        thread->stack = stacks().take();
        getcontext(&thread->context);
        thread->context.uc_stack.ss_sp = thread->stack;
        thread->context.uc_stack.ss_size = kStackBytes;
        thread->context.uc_link = &own_;
        makecontext(&thread->context, thread_main, 0);
        starting = thread.get();
    }
    MILLRACE_CHECK(before == nullptr);
    swapcontext(&own_, &thread->context);
    current_ = before;
    if (!thread->ended) return;
    std::erase(thread->process.threads_, thread);
}

void Scheduler::run(Duration until, const std::function<bool()>& done) {
    while (!queue_.empty() && queue_.top().when <= until) {
        Event event = queue_.top();
        queue_.pop();
        now_ = event.when;
        if (event.what) {
            event.what();
        } else {
            resume_when_due(event);
        }
        if (done()) return;
    }
}

}  // namespace millrace::sim
