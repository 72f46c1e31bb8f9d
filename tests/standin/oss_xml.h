// The two small documents that clients of OSS send.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::standin {

struct SentPart {
    uint32_t number = 0;
    std::string etag;  // without quotes
};
// Nothing when the document is malformed.
std::optional<std::vector<SentPart>> read_part_list(std::string_view xml);
struct SentKeys {
    std::vector<std::string> keys;
    bool quiet = false;
};
std::optional<SentKeys> read_delete_list(std::string_view xml);

}  // namespace millrace::standin
