// The encoder of a target's format alone: the same rows, in memory, without the pipeline.
#pragma once

#include "bench/plugins.h"

namespace millrace::bench {

// CPU time of one record in microseconds: rows are ready, the output is one buffer.
double bare_us_per_record(SourceKind source, TargetKind target, int rounds);

}  // namespace millrace::bench
