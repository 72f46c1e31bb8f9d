#include "common/store/park_reason.h"

namespace millrace {
namespace {

constexpr std::string_view kChanged = "source_changed: ";

}  // namespace

std::string park_reason(const Status& status) {
    if (status.code() != Code::kSourceChanged) return status.text();
    return std::string(kChanged) + status.text();
}

Status parked_for(const std::string& reason) {
    if (!reason.starts_with(kChanged)) return fatal_error(reason);
    return Status(Code::kSourceChanged, reason.substr(kChanged.size()));
}

}  // namespace millrace
