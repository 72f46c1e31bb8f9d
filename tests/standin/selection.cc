#include "tests/standin/selection.h"

#include <algorithm>

namespace millrace::standin {

void Selection::set_time_range(const tablestore::wire::TimeRange& range) {
    if (range.has_specific_time()) {
        since_ms_ = range.specific_time();
        before_ms_ = since_ms_ + 1;
    } else {
        since_ms_ = range.start_time();
        if (range.has_end_time()) before_ms_ = range.end_time();
    }
    if (since_ms_ < 0 || since_ms_ >= before_ms_) refuse_parameter("Invalid time range.");
}

std::optional<Selected> Selection::choose(const Row& row,
                                          const std::vector<std::string>& key_names) const {
    Selected chosen;
    for (auto cell = row.lower_bound(start_); cell != row.end(); ++cell) {
        const auto& [name, versions] = *cell;
        if (end_ && name >= *end_) break;
        if (!columns_.empty() && !columns_.contains(name)) continue;
        std::vector<std::pair<int64_t, Datum>> kept;
        for (const auto& [time, value] : versions)
            if (time >= since_ms_ && time < before_ms_ &&
                kept.size() < static_cast<size_t>(max_versions_))
                kept.emplace_back(time, value);
        if (!kept.empty()) chosen.emplace_back(name, std::move(kept));
    }
    const bool key_asked = std::any_of(key_names.begin(), key_names.end(),
                                       [&](const auto& name) { return columns_.contains(name); });
    if (chosen.empty() && !columns_.empty() && !key_asked) return std::nullopt;
    if (!filter_.keeps(chosen)) return std::nullopt;
    filter_.paginate(chosen);
    return chosen;
}

}  // namespace millrace::standin
