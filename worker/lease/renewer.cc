#include "worker/lease/renewer.h"

namespace millrace {

LeaseRenewer::LeaseRenewer(StateStore& store, Clock& clock, LeaseSettings settings)
    : Leases(store, clock, settings), thread_([this](std::stop_token stop) { run(stop); }) {}

LeaseRenewer::~LeaseRenewer() {
    thread_.request_stop();
    changed_.notify_all();
}

void LeaseRenewer::on_begin() {
    {
        const std::lock_guard lock(mutex_);
        begun_ = true;
    }
    changed_.notify_all();
}

void LeaseRenewer::run(std::stop_token stop) {
    Duration pause{0};
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, stop, pause, [this] { return begun_; });
            begun_ = false;
        }
        if (!stop.stop_requested()) pause = renew_due();
    }
}

}  // namespace millrace
