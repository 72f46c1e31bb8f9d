// End to end in one process and one thread, without a network.
#pragma once

#include "bench/flow.h"
#include "bench/workload.h"

namespace millrace::bench {

struct NearSpec {
    TargetKind target = TargetKind::kCsv;
    bool response_md5 = false;
    bool gzip = false;
    bool update = false;
    bool table = false;    // rows of a table instead of stream records
    bool objects = false;  // the records are rows of a csv object
};

Result<Figures> run_near(const NearSpec& spec, const Options& options);

}  // namespace millrace::bench
