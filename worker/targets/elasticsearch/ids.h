// `_id` from the key of a row: equal keys and only those give equal ids.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/config/elasticsearch_writer.h"
#include "common/record/value.h"

namespace millrace::elasticsearch {

class IdMaker {
  public:
    // The id columns must be exactly the key columns (in any order, which is the order in the id);
    // without id columns all key columns make the id, in the table's order. `reader_columns` has
    // one name per column of the writer. kConfig otherwise.
    static Result<IdMaker> create(const WriterConfig& config,
                                  const std::vector<std::string>& key_names,
                                  const std::vector<std::string>& reader_columns);

    // Replaces `id` by the id of `key` (in the table's order); kDirtyRecord with the reason when
    // there is none. One string or integer as its text; several joined by the delimiter, with it
    // and '%' escaped; binary in hex. Over 512 bytes: the first 400 (whole characters), '~',
    // XXH3-128.
    Status make(std::span<const Value> key, std::string& id) const;

  private:
    std::vector<size_t> order_;  // positions in the key
    std::string delimiter_;
};

}  // namespace millrace::elasticsearch
