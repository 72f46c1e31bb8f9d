// An error answer of the MaxCompute service on its way out. Thrown and caught inside the service
// only: it ends an action from any depth.
#pragma once

#include <string>

namespace millrace::standin {

struct OdpsError {
    int status;
    std::string code;
    std::string message;
};

[[noreturn]] inline void odps_refuse(int status, std::string code, std::string message) {
    throw OdpsError{status, std::move(code), std::move(message)};
}

}  // namespace millrace::standin
