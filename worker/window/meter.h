// What a process counts of its window runs, once per batch.
#pragma once

#include <atomic>
#include <string>

#include "common/base/clock.h"
#include "common/metrics/registry.h"
#include "common/store/state_store.h"

namespace millrace {

// Of one job, shared by all its slots. Thread-safe.
class Meter {
  public:
    // Counts go into the metrics of the process too, with the plugins' names as labels. Before the
    // first count; both outlive it.
    void count_into(Registry& registry, const Clock& clock, const std::string& source,
                    const std::string& target);

    // Sums over all slots, checkpointed.
    uint64_t records() const { return records_; }
    uint64_t bytes() const { return bytes_; }

    void add_batch() { batches_.add(); }
    // What a checkpoint (or the end of an item) has added.
    void add(const Counts& counts);
    // The result of `call`, whose time is observed when somebody wants it.
    template <typename Call>
    auto checkpoint(Call call) {
        return timed(checkpoint_, call);
    }
    template <typename Call>
    auto acknowledge(Call call) {
        return timed(acknowledge_, call);
    }

  private:
    template <typename Call>
    auto timed(Histogram& histogram, Call call) {
        if (!histogram.wanted()) return call();
        const MonoTime began = clock_->monotonic();
        auto result = call();
        histogram.observe(std::chrono::duration<double>(clock_->monotonic() - began).count());
        return result;
    }

    std::atomic<uint64_t> records_ = 0;
    std::atomic<uint64_t> bytes_ = 0;
    const Clock* clock_ = nullptr;
    Counter read_, source_bytes_, rows_, target_bytes_, batches_, dirty_;
    Histogram acknowledge_, checkpoint_;
};

}  // namespace millrace
