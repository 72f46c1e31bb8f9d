#include "worker/service/metered_store.h"

#include <string_view>

#include "common/metrics/names.h"

namespace millrace {

MeteredStore::MeteredStore(LiveStore& store, Registry& metrics)
    : store_(store),
      fenced_(metrics.counter(metric::kWritesFenced)),
      lost_(metrics.counter(metric::kLeasesLost)) {}

// A claim that is refused is no loss: somebody else was first.
Status MeteredStore::around(const char* verb, const std::function<Status()>& call) {
    const Status status = call();
    if (status.code() != Code::kLeaseLost) return status;
    const std::string_view name = verb;
    if (name == "renew") lost_.add();
    if (name != "renew" && name != "claim") fenced_.add();
    return status;
}

}  // namespace millrace
