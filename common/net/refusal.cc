#include "common/net/refusal.h"

namespace millrace {

std::string to_text(const Refusal& refusal) {
    std::string text(refusal.service);
    text.append(" refused to ").append(refusal.what) += ':';
    if (refusal.http_status != 0) text += " HTTP status " + std::to_string(refusal.http_status);
    if (!refusal.code.empty()) text.append(" ").append(refusal.code);
    if (!refusal.message.empty()) text.append(", \"").append(refusal.message) += '"';
    if (!refusal.request_id.empty()) text.append(" (request id ").append(refusal.request_id) += ')';
    if (!refusal.hint.empty()) text.append("; ").append(refusal.hint);
    return text;
}

}  // namespace millrace
