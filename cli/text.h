// Small texts for people: numbers, durations, bars, tables.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::cli {

std::string grouped(uint64_t number);       // "12,345"
std::string duration_text(double seconds);  // "3.2s", "45s", "3m20s", "2h05m", "4d02h"
// "[=====>    ]", as many characters between the brackets as `width` says.
std::string bar(double fraction, size_t width);
// Without characters that a terminal would act upon.
std::string printable(std::string text);

// Columns as wide as their widest cell, the last one as it is.
class Table {
  public:
    // Columns of numbers stand to the right: their names begin with '>'.
    explicit Table(std::vector<std::string> names);
    void add(std::vector<std::string> cells);
    std::string text() const;

  private:
    std::vector<bool> right_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace millrace::cli
