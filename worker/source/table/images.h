// Rows as they are now in the source table, for runs that write by image (P12).
#pragma once

#include "common/services/tablestore/client.h"
#include "worker/targets/image.h"

namespace millrace {

// Reads by BatchGetRow, 100 keys a request; `client` outlives what is returned. Of each row the
// configured columns, in their order: attributes win over key columns of the same name.
ImageReader table_images(tablestore::Client& client, std::string table,
                         std::vector<std::string> key_names, std::vector<std::string> columns);

}  // namespace millrace
