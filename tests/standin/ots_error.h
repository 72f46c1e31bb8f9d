// An error answer of the Tablestore service on its way out. Thrown and caught inside the service
// only: it ends an action from any depth.
#pragma once

#include <string>

namespace millrace::standin {

struct OtsError {
    int status;
    std::string code;
    std::string message;
};

[[noreturn]] inline void refuse_with(int status, std::string code, std::string message) {
    throw OtsError{status, std::move(code), std::move(message)};
}
[[noreturn]] inline void refuse_parameter(std::string message) {
    refuse_with(400, "OTSParameterInvalid", std::move(message));
}

}  // namespace millrace::standin
