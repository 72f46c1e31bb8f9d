// The metrics of one process: counters, gauges and histograms with a bounded number of label
// values, and their text for /metrics. No header of prometheus-cpp is included here.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "common/metrics/metric.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace millrace {

// Handles: copied freely, thread-safe, valid as long as their registry. Made without one they do
// nothing, so that code which counts needs no question whether anybody looks.
class Counter {
  public:
    Counter() = default;
    explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
    void add(uint64_t count = 1);

  private:
    prometheus::Counter* counter_ = nullptr;
};

class Gauge {
  public:
    Gauge() = default;
    explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
    void set(double value);
    void add(double change);

  private:
    prometheus::Gauge* gauge_ = nullptr;
};

class Histogram {
  public:
    Histogram() = default;
    explicit Histogram(prometheus::Histogram& histogram) : histogram_(&histogram) {}
    // Callers need no clock reading when nobody looks.
    bool wanted() const { return histogram_ != nullptr; }
    void observe(double value);

  private:
    prometheus::Histogram* histogram_ = nullptr;
};

using LabelValues = std::vector<std::string>;

// Thread-safe. One per process, handed to whoever counts.
class Registry {
  public:
    // Of one label: what comes after so many different values is counted as "other".
    static constexpr size_t kLabelValuesMax = 64;

    Registry();
    ~Registry();
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;

    // As many values as the metric has labels. Ask once and keep the handle: it takes a lock.
    Counter counter(const Metric& metric, const LabelValues& values = {});
    Gauge gauge(const Metric& metric, const LabelValues& values = {});
    Histogram histogram(const Metric& metric, const LabelValues& values = {});

    struct Sample {
        LabelValues values;
        double value = 0;
    };
    // All samples of a gauge, in the place of the former ones. The important ones come first: what
    // is too much is one sample "other" with the first value that found no place.
    void set_all(const Metric& metric, const std::vector<Sample>& samples);

    // A counter whose total is kept elsewhere: it is asked for at each text() and never falls.
    void follow(const Metric& metric, const LabelValues& values, std::function<uint64_t()> total);

    // Called at each text(), to bring gauges up to date. Added before the first text().
    void before_text(std::function<void()> refresh);

    // The text form that Prometheus reads.
    std::string text();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace millrace
