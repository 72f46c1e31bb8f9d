// A growing byte buffer that does not clear what it grows, with slack on both sides so that vector
// code may read a little before and after the content.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace millrace {

// Move-only; one owner. Appending may move the content: views into it end there.
class Buffer {
  public:
    static constexpr size_t kHead = 64;
    static constexpr size_t kTail = 128;

    Buffer() = default;
    Buffer(Buffer&& other) noexcept { swap(other); }
    Buffer& operator=(Buffer&& other) noexcept {
        swap(other);
        return *this;
    }

    char* data() { return bytes_.get() + kHead; }
    const char* data() const { return bytes_.get() + kHead; }
    size_t size() const { return size_; }
    size_t capacity() const { return capacity_; }
    bool empty() const { return size_ == 0; }
    std::string_view view() const {
        return size_ ? std::string_view(data(), size_) : std::string_view();
    }

    void clear() { size_ = 0; }
    // Makes room for `capacity` bytes in all, keeping the content.
    void reserve(size_t capacity);
    // A place of at least `room` writable bytes after the content; commit() says how many were
    // used.
    char* room(size_t room) {
        if (size_ + room > capacity_) reserve(grown(size_ + room));
        return data() + size_;
    }
    void commit(size_t used) { size_ += used; }
    void append(std::string_view bytes) {
        if (bytes.empty()) return;
        std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
        size_ += bytes.size();
    }
    void truncate(size_t size) { size_ = size; }
    void swap(Buffer& other) noexcept {
        bytes_.swap(other.bytes_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

  private:
    size_t grown(size_t wanted) const { return wanted < capacity_ * 2 ? capacity_ * 2 : wanted; }

    std::unique_ptr<char[]> bytes_;
    size_t size_ = 0;
    size_t capacity_ = 0;
};

}  // namespace millrace
