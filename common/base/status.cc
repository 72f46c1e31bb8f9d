#include "common/base/status.h"

namespace millrace {

struct Status::Detail {
    Code code;
    std::string text;
    std::string service_code;
    std::chrono::milliseconds delay{0};
};

namespace {
const std::string kEmpty;
}

std::string_view name_of(Code code) {
    switch (code) {
        case Code::kOk: return "ok";
        case Code::kRetry: return "retry";
        case Code::kThrottled: return "throttled";
        case Code::kUnknownOutcome: return "unknown_outcome";
        case Code::kUnreachable: return "unreachable";
        case Code::kLeaseLost: return "lease_lost";
        case Code::kDirtyRecord: return "dirty_record";
        case Code::kCorrupt: return "corrupt";
        case Code::kNotFound: return "not_found";
        case Code::kConfig: return "config";
        case Code::kLedgerLost: return "ledger_lost";
        case Code::kFenced: return "fenced";
        case Code::kSourceChanged: return "source_changed";
        case Code::kCancelled: return "cancelled";
        case Code::kFatal: return "fatal";
    }
    return "?";
}

Status::Status(Code code, std::string text) {
    if (code != Code::kOk)
        detail_ = std::make_shared<Detail>(Detail{code, std::move(text), {}, {}});
}

Code Status::code() const {
    return detail_ ? detail_->code : Code::kOk;
}
const std::string& Status::text() const {
    return detail_ ? detail_->text : kEmpty;
}
const std::string& Status::service_code() const {
    return detail_ ? detail_->service_code : kEmpty;
}
std::chrono::milliseconds Status::delay() const {
    return detail_ ? detail_->delay : std::chrono::milliseconds(0);
}

bool Status::retryable() const {
    switch (code()) {
        case Code::kRetry:
        case Code::kThrottled:
        case Code::kUnknownOutcome:
        case Code::kUnreachable:
        case Code::kCorrupt: return true;
        default: return false;
    }
}

Status Status::with_service_code(std::string service_code) const {
    if (ok()) return *this;
    auto detail = std::make_shared<Detail>(*detail_);
    detail->service_code = std::move(service_code);
    Status changed;
    changed.detail_ = std::move(detail);
    return changed;
}

Status Status::with_delay(std::chrono::milliseconds delay) const {
    if (ok()) return *this;
    auto detail = std::make_shared<Detail>(*detail_);
    detail->delay = delay;
    Status changed;
    changed.detail_ = std::move(detail);
    return changed;
}

Status Status::with_context(std::string_view context) const {
    if (ok()) return *this;
    auto detail = std::make_shared<Detail>(*detail_);
    detail->text = std::string(context) + ": " + detail->text;
    Status changed;
    changed.detail_ = std::move(detail);
    return changed;
}

Status config_error(std::string text) {
    return Status(Code::kConfig, std::move(text));
}
Status fatal_error(std::string text) {
    return Status(Code::kFatal, std::move(text));
}

}  // namespace millrace
