// A value that must never be printed. It has no formatter and no stream operator: logging one does
// not compile.
#pragma once

#include <string>
#include <utility>

namespace millrace {

class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    // For signing only.
    const std::string& reveal() const { return value_; }
    bool empty() const { return value_.empty(); }
    bool operator==(const Secret&) const = default;

  private:
    std::string value_;
};

}  // namespace millrace
