#include "tests/standin/oss_service.h"

namespace millrace::standin {

std::unique_ptr<Service> make_oss_service(Account, std::string, const ServerClock&, uint64_t) {
    return make_unbuilt_service("oss");
}

}  // namespace millrace::standin
