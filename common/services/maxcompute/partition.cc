#include "common/services/maxcompute/partition.h"

namespace millrace::maxcompute {

std::string quoted(const PartitionSpec& spec) {
    std::string text;
    for (const auto& [key, value] : spec) {
        if (!text.empty()) text += ',';
        text += key + "='" + value + "'";
    }
    return text;
}

}  // namespace millrace::maxcompute
