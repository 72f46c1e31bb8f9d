// gzip undone piece by piece.
#pragma once

#include <memory>
#include <string_view>

#include "common/base/buffer.h"
#include "common/base/status.h"

namespace millrace {

// One stream of one or more gzip members. Used by one thread.
class Gunzip {
  public:
    Gunzip();
    ~Gunzip();
    Gunzip(const Gunzip&) = delete;

    // Decompresses from the beginning of `bytes` into `out`, whose content it replaces by at most
    // `room` bytes, and returns how many of `bytes` it has used; those that it has not used come
    // first the next time. kCorrupt when they are no gzip or fail its checks.
    Result<size_t> next(std::string_view bytes, size_t room, Buffer& out);
    // Nothing may be missing: true before the first byte and after a whole member.
    bool complete() const { return complete_; }

  private:
    struct Stream;
    std::unique_ptr<Stream> stream_;
    bool complete_ = true;
};

}  // namespace millrace
