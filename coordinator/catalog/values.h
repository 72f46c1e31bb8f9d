// Values of any length over records of bounded length.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "coordinator/catalog/catalog_log.h"

namespace millrace {

// What the catalog says of each key. Not thread-safe.
class CatalogValues {
  public:
    // ---- reading the log: every record in its order, then finish()
    void take(CatalogRecord record);
    // The values that are there, by key. kCorrupt: a long one has lost a chunk.
    Result<std::map<std::string, std::string>> finish();

    // ---- writing
    // The records that make `value` the value of `key`; chunks first, their header last. An empty
    // value removes the key. The caller appends all of them at once, or none.
    std::vector<CatalogRecord> records(const std::string& key, const std::string& value);

  private:
    std::map<std::string, std::string> raw_;
    std::map<std::string, size_t> chunks_;  // of the long values
};

}  // namespace millrace
