// The quarantine files of a state folder as commands read them, and what of them was written after
// all.
#pragma once

#include <map>
#include <optional>
#include <tuple>

#include "common/record/shape.h"
#include "worker/window/quarantine.h"
#include "worker/window/quarantine_folder.h"

namespace millrace {

struct QuarantinedRun {
    RunId run;
    std::vector<QuarantineLine> left;  // not written since
    size_t redriven = 0;
};

// The runs that have a quarantine, in the order of their ids.
Result<std::vector<RunId>> quarantined_runs(FileSystem& files, const std::string& state_folder);
Result<QuarantinedRun> read_quarantined_run(FileSystem& files, const std::string& state_folder,
                                            const RunId& run);

// Remembers, on disk when this returns, that these lines were written after all:
// `<run>.redriven.jsonl` beside the quarantine, one line each, without record contents.
Status mark_redriven(FileSystem& files, const std::string& state_folder, const RunId& run,
                     std::span<const QuarantineLine> lines);

// The key of a line's record, packed (common/record/packed.h); nothing when the line does not hold
// a whole key of these types.
std::optional<std::string> key_of(const QuarantineLine& line, const std::vector<ShapeColumn>& key);

}  // namespace millrace
