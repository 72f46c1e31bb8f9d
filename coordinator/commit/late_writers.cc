#include "coordinator/commit/late_writers.h"

#include <algorithm>

namespace millrace {

void LateWriters::saw(const std::vector<ItemView>& items, MonoTime now) {
    for (const ItemView& item : items) {
        if (item.abandoned == Epoch{}) {
            // Its owner was proven dead, or knows another session only.
            items_.erase(item.item);
            continue;
        }
        const auto [known, first] = items_.try_emplace(item.item, Abandoned{item.abandoned, now});
        if (!first && known->second.epoch != item.abandoned) {
            known->second = {item.abandoned, now};
        }
    }
}

std::optional<MonoTime> LateWriters::over() const {
    std::optional<MonoTime> over;
    for (const auto& [item, abandoned] : items_) {
        over = std::max(over.value_or(MonoTime::min()), abandoned.seen + patience_);
    }
    return over;
}

}  // namespace millrace
