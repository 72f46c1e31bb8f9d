// The part of a request's target after '?'.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace millrace::api {

// Used by one thread. Texts name parameters, never values.
class Query {
  public:
    explicit Query(std::string_view text);

    // What is absent has the value `otherwise`; more than `most` is an error.
    uint64_t number(const std::string& name, uint64_t otherwise, uint64_t most);
    bool flag(const std::string& name);  // true or false; absent = false
    // The first error; after all parameters were taken, for others are errors.
    Status end();

  private:
    std::string take(const std::string& name);
    void fail(std::string text);

    std::map<std::string, std::string> left_;
    Status status_;
};

}  // namespace millrace::api
