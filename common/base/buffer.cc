#include "common/base/buffer.h"

namespace millrace {

void Buffer::reserve(size_t capacity) {
    if (capacity <= capacity_) return;
    std::unique_ptr<char[]> larger(new char[kHead + capacity + kTail]);
    // The slack is read (never used) by vector code: give it a value once.
    std::memset(larger.get(), 0, kHead);
    std::memset(larger.get() + kHead + capacity, 0, kTail);
    if (size_) std::memcpy(larger.get() + kHead, data(), size_);
    bytes_ = std::move(larger);
    capacity_ = capacity;
}

}  // namespace millrace
