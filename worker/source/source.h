// What the window run sees of a source: change records one after the other, and where it stands.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/base/status.h"
#include "common/record/change.h"
#include "common/store/state_store.h"

namespace millrace {

// One item's records. Blocking, used by one thread; reads ahead by itself.
class Source {
  public:
    virtual ~Source() = default;
    // The next change, or false at the item's end. Views in `change` end with the next call.
    virtual Result<bool> next(Change& change) = 0;
    // Of the change last returned: its encoded size, and its part of the source sum (P10).
    virtual uint64_t record_bytes() const = 0;
    virtual XXH128_hash_t record_hash() const = 0;
    // JSON of the place after the change last returned.
    virtual std::string position() const = 0;
    // After next() gave false.
    virtual ItemEnd end() const = 0;
    // `idle` is called by next() before it waits for records that are not there yet, with the
    // source's present time; when it fails, so does next(). Sources that never wait ignore it.
    using Idle = std::function<Status(TimePoint source_now)>;
    virtual void on_idle(Idle) {}
};

}  // namespace millrace
