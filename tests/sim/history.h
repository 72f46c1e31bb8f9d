// What has happened: every event goes into one hash, and is printed when somebody wants to read it.
#pragma once

#include <xxhash.h>

#include <string>
#include <string_view>

#include "common/base/time.h"

namespace millrace::sim {

class History {
  public:
    explicit History(bool print) : print_(print) {}

    void note(Duration when, std::string_view who, std::string_view what, std::string_view more);
    uint64_t hash() const { return hash_; }
    uint64_t events() const { return events_; }

  private:
    const bool print_;
    uint64_t hash_ = 0;
    uint64_t events_ = 0;
};

}  // namespace millrace::sim
