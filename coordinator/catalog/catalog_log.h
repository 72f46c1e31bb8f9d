// The seam to where the catalog is kept: an ordered log of records by key, of which the last one
// counts (a compacted Kafka topic). It must not be lost (P8).
#pragma once

#include <functional>
#include <span>
#include <string>

#include "common/base/status.h"

namespace millrace {

// At most kValueMax bytes of value; an empty value removes the key. Keys are printable and hold no
// secrets.
struct CatalogRecord {
    std::string key;
    std::string value;
    bool operator==(const CatalogRecord&) const = default;
    static constexpr size_t kValueMax = 500'000;
};

// Used by one thread.
class CatalogLog {
  public:
    virtual ~CatalogLog() = default;
    // Fences every other writer, then gives all records that are committed, in their order; of a
    // key that has several at least the last one. Blocking.
    virtual Status open(const std::function<Status(CatalogRecord)>& take) = 0;
    // All of them or none; acknowledged for good when this returns ok. kFenced: another coordinator
    // has taken over. Other failures: the log must be opened again before anything is believed.
    virtual Status append(std::span<const CatalogRecord> records) = 0;
};

}  // namespace millrace
