// A mutex in virtual time. All threads of the simulation live on one thread of the system: one that
// waits for a mutex must let the others run, or its holder never comes to the end. This takes the
// place of the C library's function for the whole program.
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>

#include "tests/sim/scheduler.h"

extern "C" int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
    for (;;) {
        const int result = pthread_mutex_trylock(mutex);
        if (result != EBUSY) return result;
        // Libraries have threads of their own: what one of those holds is free soon.
        const bool ours = mutex->__data.__owner == gettid();
        ours ? millrace::sim::Scheduler::wait_for_mutex() : (void)sched_yield();
    }
}
