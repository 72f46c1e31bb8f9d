// What is known of a metric before it has a value.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace millrace {

enum class MetricType : uint8_t { kCounter, kGauge, kHistogram };
std::string_view name_of(MetricType type);

struct Metric {
    std::string_view name;  // "millrace_<what>_<unit>[_total]"
    MetricType type = MetricType::kCounter;
    std::array<std::string_view, 2> labels;  // names; empty = none
    std::string_view process;  // which one exposes it: "coordinator", "worker", "both"
    std::string_view meaning;  // a sentence for the page and for /metrics

    size_t label_count() const { return labels[0].empty() ? 0 : labels[1].empty() ? 1 : 2; }
};

}  // namespace millrace
