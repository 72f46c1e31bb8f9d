// What the figures are compared with: goals, first milestones, and the floor that a bare program of
// the same path reached (1.1 KB records, plain HTTP on loopback, all checksums verified).
#pragma once

#include "bench/flow.h"
#include "bench/workload.h"

namespace millrace::bench {

struct Goal {
    double goal, milestone, floor;
};

struct Goals {
    Goal cpu_us;        // per record, user and system
    Goal instructions;  // per record
};

inline Goals goals_of(TargetKind target) {
    if (target == TargetKind::kCsv) return {{1.1, 2.2, 0.5}, {8'600, 15'000, 4'315}};
    return {{1.15, 2.4, 0.55}, {10'300, 18'000, 5'175}};
}

inline Figure with_goals(Figure figure, const Goal& goal) {
    figure.goal = goal.goal;
    figure.milestone = goal.milestone;
    figure.floor = goal.floor;
    return figure;
}

constexpr double kResidentGoalMib = 64 + 24;  // one slot
constexpr double kStartGoalMs = 150;
constexpr double kDataxRatioGoal = 15;

}  // namespace millrace::bench
