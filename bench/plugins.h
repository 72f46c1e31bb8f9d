// The two sides of the measured jobs, as a script would name them, and the shape of their rows.
#pragma once

#include <string>
#include <vector>

#include "common/config/job_spec.h"
#include "common/record/shape.h"
#include "common/services/maxcompute/types.h"

namespace millrace::bench {

enum class SourceKind : uint8_t {
    kStream,
    kUpdates,    // a stream of UpdateRow records, so that a keyed target looks up what it has
    kCells,      // a stream in column mode: a row for each cell
    kTable,      // a whole table
    kObject,     // a csv object
    kPartition,  // a MaxCompute table
};

enum class TargetKind : uint8_t { kCsv, kBulk, kOdps, kApp, kOts };

struct FlowSpec;

PluginSpec reader_of(const FlowSpec& spec);
PluginSpec writer_of(const FlowSpec& spec);
RecordShape shape_of(SourceKind source);
// The columns of a MaxCompute table with these rows: all texts.
std::vector<maxcompute::Column> stored_columns(SourceKind source);

}  // namespace millrace::bench
