// The index before the first item of an instance starts, and after its last one.
#pragma once

#include <string>
#include <vector>

#include "common/config/elasticsearch_writer.h"
#include "common/services/elasticsearch/client.h"

namespace millrace::elasticsearch {

struct Prepared {
    Server server;
    std::string uuid;                // of the index, which an alias may stand for
    bool created = false;            // by this call
    std::vector<std::string> notes;  // for people
};

// Makes the index when it is missing (deleting it first for `cleanup`), puts the mapping, checks
// how long it remembers deletes. `run` is the id of the instance: it is kept in the index that a
// cleanup makes, so that this may be called again after a crash, at any time of the run, without
// deleting what the run has written.
Result<Prepared> prepare_index(Client& client, const WriterConfig& config, const std::string& run);

// Makes everything visible and sets the alias. May be repeated. kFatal when the index is not the
// one with this `uuid` (Prepared::uuid) any more: somebody has deleted it during the run, and the
// server has made another at the next write. Empty = not checked.
Status finish_index(Client& client, const WriterConfig& config, const std::string& uuid);

// {"properties":{…}} of the configured columns.
nlohmann::json mapping_of(const WriterConfig& config);

}  // namespace millrace::elasticsearch
