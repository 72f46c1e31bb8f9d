// Which configured column a cell is.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace millrace {

// Used by one thread. No allocation once the widest record was seen.
class ColumnIndex {
  public:
    explicit ColumnIndex(std::vector<std::string> names) : names_(std::move(names)) {
        for (size_t i = 0; i < names_.size(); ++i) {
            positions_.emplace(names_[i], static_cast<int>(i));
        }
    }
    ColumnIndex(ColumnIndex&&) = delete;

    // The first column of this name, -1 = none.
    int find(std::string_view name) const {
        const auto found = positions_.find(name);
        return found == positions_.end() ? -1 : found->second;
    }
    // The same for the n-th cell of a record. Records of one table look alike: it is most often the
    // column it was in the last record.
    int find(size_t cell, std::string_view name) {
        if (cell < predicted_.size()) {
            const int guess = predicted_[cell];
            if (guess >= 0 && names_[static_cast<size_t>(guess)] == name) return guess;
        } else {
            predicted_.resize(cell + 1, -1);
        }
        return predicted_[cell] = find(name);
    }

    const std::vector<std::string>& names() const { return names_; }

  private:
    const std::vector<std::string> names_;
    std::unordered_map<std::string_view, int> positions_;
    std::vector<int> predicted_;  // column of the n-th cell of the record before
};

}  // namespace millrace
