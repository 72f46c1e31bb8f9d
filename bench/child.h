// Other programs, run and watched.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <string>
#include <vector>

#include "common/base/status.h"

namespace millrace::bench {

struct Ended {
    int exit_code = 0;
    double wall_us = 0;
    double cpu_us = 0;  // with its own children
    double resident_mib = 0;
};

// Runs a program to its end; what it prints goes to `log`, or nowhere when that is empty.
Result<Ended> run_program(const std::vector<std::string>& words, const std::string& log = {});

// A program that runs in the background until this object ends; its first line of output is taken.
class Background {
  public:
    static Result<std::unique_ptr<Background>> start(const std::vector<std::string>& words);
    ~Background();
    Background(const Background&) = delete;

    const std::string& first_line() const { return line_; }

  private:
    Background() = default;
    pid_t pid_ = -1;
    int output_ = -1;
    std::string line_;
};

}  // namespace millrace::bench
