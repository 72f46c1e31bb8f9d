// A place in a PlainBuffer that never leaves it. Internal to the reader.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace millrace::plainbuffer {

// Reads fail by returning false; what they give is then undefined.
class Cursor {
  public:
    explicit Cursor(std::string_view bytes)
        : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

    const char* at() const { return at_; }
    size_t left() const { return static_cast<size_t>(end_ - at_); }
    std::string_view rest() const { return {at_, left()}; }

    // The next byte when there is one, else 0xff, which is no tag.
    uint8_t peek() const { return at_ != end_ ? static_cast<uint8_t>(*at_) : uint8_t{0xff}; }
    // Steps over the next byte when it is `tag`.
    bool take(uint8_t tag) {
        if (at_ == end_ || static_cast<uint8_t>(*at_) != tag) return false;
        ++at_;
        return true;
    }
    // A little-endian number or one byte.
    template <typename T>
    bool number(T& value) {
        if (left() < sizeof(T)) return false;
        std::memcpy(&value, at_, sizeof(T));
        at_ += sizeof(T);
        return true;
    }
    bool bytes(size_t size, std::string_view& value) {
        if (left() < size) return false;
        value = {at_, size};
        at_ += size;
        return true;
    }

  private:
    const char* at_;
    const char* end_;
};

}  // namespace millrace::plainbuffer
