// Rows of quarantined records, written after all as they are now in the source table.
#pragma once

#include "cli/state_folder.h"

namespace millrace::cli {

struct RedriveResult {
    size_t redriven = 0;            // records
    size_t rows = 0;                // different keys of them
    std::vector<std::string> left;  // what could not be redriven, with the reason
};

// Of a committed run of a stream into a keyed target; kConfig with the remedy for other runs. The
// state folder is held, so no other run of the task can begin meanwhile. May be repeated.
Result<RedriveResult> redrive(const JobSpec& job, const InstanceView& run, StateFolder& state,
                              Surroundings& world);

}  // namespace millrace::cli
