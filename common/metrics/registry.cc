#include "common/metrics/registry.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <sstream>

#include "common/base/check.h"

namespace millrace {
namespace {

constexpr const char* kOther = "other";

// Seconds, from what a local call takes to what a person would call broken.
const prometheus::Histogram::BucketBoundaries& seconds_buckets() {
    static const prometheus::Histogram::BucketBoundaries kBuckets = {
        0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60};
    return kBuckets;
}

}  // namespace

struct Registry::Impl {
    prometheus::Registry registry;
    std::mutex mutex;
    std::map<std::string_view, std::array<std::set<std::string>, 2>> seen;  // label values
    std::map<std::string_view, std::map<LabelValues, prometheus::Gauge*>> replaced;
    std::vector<std::function<void()>> refreshes;

    template <typename Builder>
    auto& family(Builder&& builder, const Metric& metric) {
        return builder.Name(std::string(metric.name))
            .Help(std::string(metric.meaning))
            .Register(registry);
    }

    static prometheus::Labels labels(const Metric& metric, const LabelValues& values) {
        MILLRACE_CHECK(values.size() == metric.label_count());
        prometheus::Labels made;
        for (size_t i = 0; i < values.size(); ++i)
            made.emplace(std::string(metric.labels[i]), values[i]);
        return made;
    }

    prometheus::Labels bounded(const Metric& metric, LabelValues values) {
        const std::lock_guard lock(mutex);
        MILLRACE_CHECK(values.size() == metric.label_count());
        for (size_t i = 0; i < values.size(); ++i) {
            std::set<std::string>& known = seen[metric.name][i];
            if (known.size() < kLabelValuesMax) known.insert(values[i]);
            if (!known.contains(values[i])) values[i] = kOther;
        }
        return labels(metric, values);
    }
};

Registry::Registry() : impl_(std::make_unique<Impl>()) {}
Registry::~Registry() = default;

Counter Registry::counter(const Metric& metric, const LabelValues& values) {
    MILLRACE_CHECK(metric.type == MetricType::kCounter);
    auto& family = impl_->family(prometheus::BuildCounter(), metric);
    return Counter(family.Add(impl_->bounded(metric, values)));
}

Gauge Registry::gauge(const Metric& metric, const LabelValues& values) {
    MILLRACE_CHECK(metric.type == MetricType::kGauge);
    auto& family = impl_->family(prometheus::BuildGauge(), metric);
    return Gauge(family.Add(impl_->bounded(metric, values)));
}

Histogram Registry::histogram(const Metric& metric, const LabelValues& values) {
    MILLRACE_CHECK(metric.type == MetricType::kHistogram);
    auto& family = impl_->family(prometheus::BuildHistogram(), metric);
    return Histogram(family.Add(impl_->bounded(metric, values), seconds_buckets()));
}

void Registry::set_all(const Metric& metric, const std::vector<Sample>& samples) {
    MILLRACE_CHECK(metric.type == MetricType::kGauge);
    auto& family = impl_->family(prometheus::BuildGauge(), metric);
    const std::lock_guard lock(impl_->mutex);
    std::map<LabelValues, prometheus::Gauge*>& present = impl_->replaced[metric.name];
    std::map<LabelValues, prometheus::Gauge*> now;
    for (const Sample& sample : samples) {
        const bool full = now.size() >= kLabelValuesMax;
        const LabelValues values = full ? LabelValues(metric.label_count(), kOther) : sample.values;
        const auto [at, is_new] = now.try_emplace(values, nullptr);
        if (is_new) {
            at->second = &family.Add(Impl::labels(metric, values));
            at->second->Set(sample.value);
        }
        if (full) break;
    }
    for (const auto& [values, gauge] : present) {
        if (!now.contains(values)) family.Remove(gauge);
    }
    present = std::move(now);
}

void Registry::follow(const Metric& metric, const LabelValues& values,
                      std::function<uint64_t()> total) {
    // A total that was set back (its keeper began anew) counts from there.
    before_text([counter = counter(metric, values), total = std::move(total),
                 before = std::make_shared<std::atomic<uint64_t>>(0)]() mutable {
        const uint64_t now = total();
        const uint64_t then = before->exchange(now);
        counter.add(now >= then ? now - then : now);
    });
}

void Registry::before_text(std::function<void()> refresh) {
    const std::lock_guard lock(impl_->mutex);
    impl_->refreshes.push_back(std::move(refresh));
}

std::string Registry::text() {
    std::vector<std::function<void()>> refreshes;
    {
        const std::lock_guard lock(impl_->mutex);
        refreshes = impl_->refreshes;
    }
    for (const auto& refresh : refreshes) refresh();
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, impl_->registry.Collect());
    return out.str();
}

void Counter::add(uint64_t count) {
    if (counter_ != nullptr && count > 0) counter_->Increment(static_cast<double>(count));
}

void Gauge::set(double value) {
    if (gauge_ != nullptr) gauge_->Set(value);
}
void Gauge::add(double change) {
    if (gauge_ != nullptr) gauge_->Increment(change);
}

void Histogram::observe(double value) {
    if (histogram_ != nullptr) histogram_->Observe(value);
}

}  // namespace millrace
