// Arrow's exceptions end here.
#pragma once

#include <arrow/status.h>

#include <exception>
#include <string>

#include "common/base/status.h"

namespace millrace::parquet {

// `work` returns a Status; what it throws becomes one of `code`.
template <typename Work>
Status guarded(Code code, const std::string& what, Work work) {
    try {
        return work();
    } catch (const std::exception& error) {
        return Status(code, what + ": " + error.what());
    }
}

inline Status from_arrow(Code code, const std::string& what, const ::arrow::Status& status) {
    return status.ok() ? Status() : Status(code, what + ": " + status.message());
}

}  // namespace millrace::parquet
