#include "tests/standin/faults.h"

#include <nlohmann/json.hpp>

namespace millrace::standin {
namespace {

struct KindName {
    const char* name;
    FaultKind kind;
};
constexpr KindName kKinds[] = {
    {"latency", FaultKind::kLatency},
    {"status", FaultKind::kStatus},
    {"reset", FaultKind::kReset},
    {"truncate", FaultKind::kTruncate},
    {"flip", FaultKind::kFlip},
    {"flip_upload", FaultKind::kFlipUpload},
    {"drop_reply", FaultKind::kDropReply},
    {"lie_reply", FaultKind::kLieReply},
};

std::string name_of(FaultKind kind) {
    for (const KindName& known : kKinds)
        if (kind == known.kind) return known.name;
    return "none";
}

std::string flipped(std::string_view body) {
    std::string bytes(body);
    if (!bytes.empty()) bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x10);
    return bytes;
}

Response apply(Service& service, const Fault& fault, const Request& request) {
    Response response;
    switch (fault.kind) {
        case FaultKind::kLieReply: service.handle(request); [[fallthrough]];
        case FaultKind::kStatus:
            response = service.failure(request, fault.status, fault.code, fault.message);
            if (fault.retry_after_s > 0)
                response.headers.emplace_back("Retry-After", std::to_string(fault.retry_after_s));
            return response;
        case FaultKind::kReset: response.end = Response::End::kReset; return response;
        case FaultKind::kFlipUpload: {
            Request damaged = request;
            damaged.body = flipped(request.body);
            return service.handle(damaged);
        }
        default: break;
    }
    response = service.handle(request);
    if (fault.kind == FaultKind::kTruncate) response.end = Response::End::kTruncated;
    if (fault.kind == FaultKind::kDropReply) response.end = Response::End::kReset;
    if (fault.kind == FaultKind::kFlip) response.set_body(flipped(response.view()));
    return response;
}

}  // namespace

Result<Fault> Fault::parse(const nlohmann::json& rule) {
    Fault fault;
    const std::string kind = rule.value("kind", "");
    for (const KindName& known : kKinds)
        if (kind == known.name) fault.kind = known.kind;
    if (fault.kind == FaultKind::kNone) return config_error("unknown fault kind \"" + kind + "\"");
    fault.service = rule.value("service", "");
    fault.action = rule.value("action", "");
    fault.rows = rule.value("rows", false);
    fault.status = rule.value("status", rule.value("code", 503));
    fault.code = rule.value("error", "");
    fault.message = rule.value("message", "Injected by the stand-in.");
    fault.retry_after_s = rule.value("retry_after_s", int64_t{0});
    fault.delay_ms = rule.value("delay_ms", int64_t{0});
    fault.skip = rule.value("skip", int64_t{0});
    fault.next = rule.value("next", int64_t{-1});
    fault.percent = rule.value("percent", 100.0);
    return fault;
}

void Faults::add(Fault fault) {
    const std::lock_guard lock(mutex_);
    rules_.push_back(std::move(fault));
}

void Faults::clear() {
    const std::lock_guard lock(mutex_);
    rules_.clear();
}

Fault Faults::draw(const std::string& service, const std::string& action) {
    const std::lock_guard lock(mutex_);
    for (size_t i = 0; i < rules_.size(); ++i) {
        Fault& rule = rules_[i];
        if (!rule.service.empty() && rule.service != service) continue;
        if (!rule.action.empty() && rule.action != action) continue;
        if (rule.skip > 0) {
            --rule.skip;
            continue;
        }
        if (rule.percent < 100 && random_.real() * 100 >= rule.percent) continue;
        const Fault hit = rule;
        ++hits_[action + ' ' + name_of(rule.kind)];
        if (rule.next > 0 && --rule.next == 0)
            rules_.erase(rules_.begin() + static_cast<ptrdiff_t>(i));
        return hit;
    }
    return {};
}

std::map<std::string, uint64_t> Faults::hits() const {
    const std::lock_guard lock(mutex_);
    return hits_;
}

Response handle_with_faults(Service& service, Faults& faults, const std::string& action,
                            const Request& request) {
    const Fault fault = faults.draw(service.name(), action);
    Response response = apply(service, fault, request);
    response.delay += std::chrono::milliseconds(fault.delay_ms);
    return response;
}

}  // namespace millrace::standin
