// What a worker must know of a run before it can run its items: the script with its data sources,
// and what the coordinator found at the source. Holds secrets: it travels sealed only.
#pragma once

#include "common/config/job_parse.h"
#include "common/crypto/seal.h"
#include "common/record/shape.h"

namespace millrace {

struct JobPackage {
    JobRequest request;  // its environment has been applied to the sources already
    RecordShape shape;   // empty until the source was asked
    StreamId stream;
    bool accept_loss = false;
    bool replay = false;
    bool whole_partition = false;  // a replay of all windows that share the window's partition
    int begun_anew = 0;            // because others were committed into it meanwhile
    std::string label;  // resource group: only workers with it take the run's items; empty = all
};

// Encrypted and authenticated; `run` is part of what is authenticated.
std::string seal(const JobPackage& package, const RunId& run, const SealKey& key, Random& random);
// kConfig: made with another key. kCorrupt: anything else that is not such a package.
Result<JobPackage> open_package(std::string_view sealed, const RunId& run, const SealKey& key);

}  // namespace millrace
