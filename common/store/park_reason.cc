#include "common/store/park_reason.h"

namespace millrace {
namespace {

constexpr std::string_view kChanged = "source_changed: ";
constexpr std::string_view kGone = "staging_gone: ";
constexpr const char* kGoneMark = "StagingGone";

}  // namespace

Status staging_gone(std::string text) {
    return Status(Code::kNotFound, std::move(text)).with_service_code(kGoneMark);
}

bool is_staging_gone(const Status& status) {
    return status.code() == Code::kNotFound && status.service_code() == kGoneMark;
}

std::string park_reason(const Status& status) {
    if (is_staging_gone(status)) return std::string(kGone) + status.text();
    if (status.code() != Code::kSourceChanged) return status.text();
    return std::string(kChanged) + status.text();
}

Status parked_for(const std::string& reason) {
    if (reason.starts_with(kGone)) return staging_gone(reason.substr(kGone.size()));
    if (!reason.starts_with(kChanged)) return fatal_error(reason);
    return Status(Code::kSourceChanged, reason.substr(kChanged.size()));
}

}  // namespace millrace
