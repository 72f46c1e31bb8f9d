// The commit of an upload session, which is never repeated without asking what became of it.
#include "common/base/planted_bug.h"
#include "common/services/maxcompute/client.h"

namespace millrace::maxcompute {
namespace {

// What became of the session may be seen only in its state.
bool doubtful(const Status& status) {
    return status.retryable() || status.service_code() == "StatusConflict" ||
           status.service_code() == "InvalidStatusChange";
}

Status lost(const std::string& place, SessionState state) {
    const std::string name(name_of(state));
    const bool known = state == SessionState::kExpired || state == SessionState::kCanceled;
    return Status(known ? Code::kNotFound : Code::kFatal,
                  "the upload session of " + place + " is " + name +
                      (known ? ": nothing of it became visible" : ""))
        .with_service_code(state == SessionState::kExpired    ? "SessionExpired"
                           : state == SessionState::kCanceled ? "SessionCanceled"
                                                              : "SessionBroken");
}

}  // namespace

Result<UploadSession> Client::commit_upload(const Place& place, const std::string& id) {
    MILLRACE_ASSIGN(const Endpoint* service, tunnel());
    const Request post = at(Method::kPost, place, {{"uploadid", id}});
    RetryPolicy once = policy_;
    once.retries_max = 0;
    const MonoTime began = context_.clock.monotonic();
    Duration pause = policy_.pause_first;
    SessionState state = SessionState::kNormal;
    Status last;
    do {
        if (state == SessionState::kNormal) {
            const Result<HttpAnswer> answer =
                send(*service, post, "commit the upload to " + name_of_place(place), once);
            last = answer.status();
            const bool final = !doubtful(last) || planted(PlantedBug::kSecondSession);
            if (!last.ok() && final) return last;
            if (last.ok()) {
                Result<UploadSession> told = read_upload(*answer);
                if (told.ok() && told->state == SessionState::kClosed) return told;
            }
        }
        MILLRACE_ASSIGN(UploadSession now, upload(place, id));
        state = now.state;
        if (state == SessionState::kClosed) return now;
        if (state != SessionState::kNormal && state != SessionState::kCommitting) {
            return lost(name_of_place(place), state);
        }
    } while (wait_a_little(pause, began, policy_.total));
    if (context_.stop.stop_requested()) return Status(Code::kCancelled, "stopped while committing");
    if (!last.ok()) return last;
    return Status(Code::kUnknownOutcome, "the upload to " + name_of_place(place) + " stays " +
                                             std::string(name_of(state)) + " after its commit");
}

}  // namespace millrace::maxcompute
