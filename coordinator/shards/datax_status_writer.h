// Leaves in DataX's status table where a committed window ended, so that DataX can go on there.
#pragma once

#include <vector>

#include "common/services/tablestore/client.h"
#include "common/store/state_store.h"

namespace millrace {

struct DataxSet {
    std::string status_table;  // made when it is missing, as DataX does
    std::string table;         // whose stream it is
    StreamId stream;
    TaskId task;
    Window window;        // whose borders are in the ledger
    std::string version;  // one for all rows of the set
};

// One row for every listed shard at the window's end (closed and read: SHARD_END, not begun:
// TRIM_HORIZON, else the exact iterator), then the job row. Rows of another version for the same
// time are replaced and named in what is returned.
Result<std::vector<std::string>> write_datax_set(tablestore::Client& client, StateStore& store,
                                                 const DataxSet& set);

}  // namespace millrace
