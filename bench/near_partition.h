// A MaxCompute table in memory, for the reader.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "bench/near_answers.h"

namespace millrace::bench {

// Every range of rows is encoded once, in the first run, and copied in the next ones, which ask for
// the same ranges. Used by one thread.
class NearPartition {
  public:
    // The start of an item that reads `rows` rows.
    std::string start(uint64_t rows);
    // Nothing = no request of this reader.
    std::optional<HttpAnswer> answer(HttpRequest& request);

  private:
    HttpAnswer session() const;

    uint64_t rows_ = 0;
    std::map<std::pair<uint64_t, uint64_t>, std::string> ranges_;  // by first row and count
};

}  // namespace millrace::bench
