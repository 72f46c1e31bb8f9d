// Keys of rows that must outlive the change they came with.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "common/record/value.h"

namespace millrace {

class KeptKeys {
  public:
    // The place of the copy; keys given before stay where they are.
    int add(std::span<const Value> key) {
        std::vector<Value> copy(key.begin(), key.end());
        for (Value& value : copy) {
            if (!value.bytes.empty()) value.bytes = bytes_.emplace_back(value.bytes);
        }
        keys_.push_back(std::move(copy));
        return static_cast<int>(keys_.size()) - 1;
    }
    std::span<const Value> operator[](int index) const { return keys_[static_cast<size_t>(index)]; }
    void clear() {
        keys_.clear();
        bytes_.clear();
    }

  private:
    std::deque<std::vector<Value>> keys_;
    std::deque<std::string> bytes_;
};

}  // namespace millrace
