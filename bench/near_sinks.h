// The writing side of the cloud in memory: parts, bulks, blocks, pushes and rows are acknowledged
// without a look at them.
#pragma once

#include <map>
#include <optional>

#include "bench/near_answers.h"

namespace millrace::bench {

// The checksum of a part is computed in the first run only and known in the next ones, which send
// the same parts. Used by one thread.
class NearSinks {
  public:
    NearSinks();
    void begin(uint64_t records);
    // Nothing = no request of a writer.
    std::optional<HttpAnswer> answer(const HttpRequest& request);

  private:
    HttpAnswer part(const HttpRequest& request);
    HttpAnswer bulk();
    HttpAnswer rows();
    uint64_t take(uint64_t most);

    uint64_t records_left_ = 0;                // of the bulks or of the requests with rows
    std::map<size_t, std::string> checksums_;  // of the parts, in the order sent
    size_t parts_ = 0;
    std::string full_bulk_;  // the answer to one
    HttpAnswer full_rows_;
};

}  // namespace millrace::bench
