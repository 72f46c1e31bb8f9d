// Where a search server is and how it is talked to.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/base/secret.h"
#include "common/base/time.h"
#include "common/net/url.h"

namespace millrace::elasticsearch {

struct Config {
    // Tried in turn; the one that answered last stays in use.
    std::vector<Endpoint> endpoints;
    std::string user;  // empty = no authentication
    Secret password;
    bool compress = true;  // request bodies of _bulk and _mget by gzip
    Duration timeout = std::chrono::seconds(600);
    // Tries of one request, and of one item of a bulk, in all.
    int tries = 30;
    // Pauses grow from 0.2 s up to this, at most 30 s.
    Duration try_interval = std::chrono::seconds(60);
    std::string master_timeout = "5m";  // of index, mapping and alias calls
};

}  // namespace millrace::elasticsearch
