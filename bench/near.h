// End to end in one process and one thread, without a network.
#pragma once

#include "bench/flow.h"
#include "bench/workload.h"

namespace millrace::bench {

struct NearSpec {
    SourceKind source = SourceKind::kStream;
    TargetKind target = TargetKind::kCsv;
    bool response_md5 = false;
    bool gzip = false;
};

Result<Figures> run_near(const NearSpec& spec, const Options& options);

}  // namespace millrace::bench
