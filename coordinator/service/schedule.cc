#include "coordinator/service/schedule.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "coordinator/start.h"

namespace millrace {
namespace {

auto rank(const RunEntry& entry) {
    const MillisPoint start = entry.job.window ? entry.job.window->start : MillisPoint();
    return std::tuple(entry.beginning == Beginning::kOpen, start, entry.order);
}

std::string name_of(const RunEntry& entry) {
    std::string name = "run " + entry.run.text();
    if (entry.job.window) name += " of window " + to_text(*entry.job.window);
    return name;
}

}  // namespace

std::vector<RunEntry*> may_begin(const std::vector<RunEntry*>& entries, size_t active_max) {
    std::map<TaskId, const RunEntry*> first;  // of each task: the one that runs, or is the next
    size_t active = 0;
    for (const RunEntry* entry : entries) {
        if (entry->stage == Stage::kEnded) continue;
        active += entry->active() ? 1 : 0;
        const RunEntry*& known = first[entry->job.task];
        if (!known || (!known->active() && (entry->active() || rank(*entry) < rank(*known)))) {
            known = entry;
        }
    }
    std::vector<RunEntry*> waiting;
    for (RunEntry* entry : entries) {
        if (entry->stage == Stage::kWaiting) waiting.push_back(entry);
    }
    std::sort(waiting.begin(), waiting.end(),
              [](const RunEntry* a, const RunEntry* b) { return a->order < b->order; });
    std::vector<RunEntry*> chosen;
    for (RunEntry* entry : waiting) {
        const RunEntry* before = first[entry->job.task];
        if (before != entry) {
            entry->text = "waits for " + name_of(*before) + " of the same task";
        } else if (active >= active_max) {
            entry->text = "waits: " + std::to_string(active_max) + " runs are driven already";
        } else {
            ++active;
            chosen.push_back(entry);
        }
    }
    return chosen;
}

}  // namespace millrace
