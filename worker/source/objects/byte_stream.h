// The bytes of an object, piece by piece.
#pragma once

#include <string_view>

#include "common/base/status.h"

namespace millrace {

// Blocking, used by one thread.
class ByteStream {
  public:
    virtual ~ByteStream() = default;
    // The next bytes, none at the end. They end with the next call.
    virtual Result<std::string_view> next() = 0;
};

}  // namespace millrace
