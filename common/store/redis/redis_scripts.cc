#include "common/store/redis/redis_scripts.h"

#include <hiredis/hiredis.h>

#include "common/store/redis/lua_scripts.h"
#include "common/store/redis/redis_rows.h"

namespace millrace {
namespace {

constexpr int kAttempts = 3;
constexpr int kLargeAttempt = 10;  // times the time-out

bool is_error(const RedisAnswer& answer, std::string_view begin) {
    return answer->type == REDIS_REPLY_ERROR && redis::text_of(*answer).starts_with(begin);
}

// Errors that pass by themselves, or by a failover: as if the server did not answer.
bool is_absence(const RedisAnswer& answer) {
    for (const char* error :
         {"LOADING", "BUSY", "MASTERDOWN", "READONLY", "NOREPLICAS", "TRYAGAIN"}) {
        if (is_error(answer, error)) return true;
    }
    return false;
}

Code code_of(std::string_view name) {
    for (const Code code :
         {Code::kRetry, Code::kLeaseLost, Code::kNotFound, Code::kLedgerLost, Code::kFenced}) {
        if (name == name_of(code)) return code;
    }
    return Code::kFatal;
}

}  // namespace

RedisScripts::RedisScripts(std::unique_ptr<RedisConnection> connection)
    : connection_(std::move(connection)) {
    const auto& files = redis::lua_scripts();
    const std::string before = std::string(files.at("shared")) + std::string(files.at("rules"));
    for (const auto& [name, text] : files) {
        // A refusal anywhere ends the script; what it wrote before stays, as in every store.
        scripts_[std::string(name)].text =
            before + "local function verb()\n" + std::string(text) +
            "end\n"
            "local done, answer = pcall(verb)\n"
            "if done and CALL ~= '' and #answer == 1 then redis.call('HSET', META, 'done', CALL) "
            "end\n"
            "if done then return answer end\n"
            "if type(answer) == 'table' and answer.refused then return answer.refused end\n"
            "return redis.error_reply(tostring(answer))\n";
    }
}

Duration RedisScripts::patience() const {
    return connection_->options().timeout * kAttempts;
}

Result<RedisAnswer> RedisScripts::attempt(Script& script, std::vector<std::string>& words,
                                          Duration timeout) {
    {
        const std::lock_guard lock(mutex_);
        words[1] = script.sha;
    }
    if (!words[1].empty()) {
        MILLRACE_ASSIGN(RedisAnswer answer, connection_->call(words, timeout));
        if (!is_error(answer, "NOSCRIPT")) return answer;
    }
    const std::string load[] = {"SCRIPT", "LOAD", script.text};
    MILLRACE_ASSIGN(RedisAnswer loaded, connection_->call(load, timeout));
    if (loaded->type == REDIS_REPLY_ERROR) return loaded;
    words[1] = redis::text_of(*loaded);
    {
        const std::lock_guard lock(mutex_);
        script.sha = words[1];
    }
    return connection_->call(words, timeout);
}

Result<RedisAnswer> RedisScripts::run(const std::string& name, const std::string& key,
                                      std::vector<std::string> args, bool large) {
    Script& script = scripts_.at(name);
    std::vector<std::string> words = {"EVALSHA", "", "1", key};
    words.insert(words.end(), std::make_move_iterator(args.begin()),
                 std::make_move_iterator(args.end()));
    const Duration timeout = connection_->options().timeout * (large ? kLargeAttempt : 1);
    const MonoTime end = connection_->clock().monotonic() + patience();
    std::string trouble;
    for (MonoTime now = connection_->clock().monotonic(); now < end;
         now = connection_->clock().monotonic()) {
        Result<RedisAnswer> answer =
            attempt(script, words, large ? timeout : std::min<Duration>(timeout, end - now));
        if (!answer.ok()) {
            trouble = answer.status().text();
        } else if (is_absence(*answer)) {
            trouble = redis::text_of(**answer);
            connection_->clock().sleep(connection_->options().timeout / 20, {});
        } else {
            MILLRACE_TRY(failure(**answer));
            return answer;
        }
    }
    return Status(Code::kLedgerLost, server() + " does not answer: " + trouble)
        .with_service_code("unreachable");
}

Status RedisScripts::failure(const redisReply& answer) const {
    if (answer.type == REDIS_REPLY_ERROR) {
        const std::string text(redis::text_of(answer));
        const Status status =
            fatal_error(server() + " cannot carry out a change of the ledger: " + text);
        return text.starts_with("OOM") ? status.with_service_code("OOM") : status;
    }
    if (answer.type != REDIS_REPLY_ARRAY || answer.elements == 0) {
        return fatal_error(server() + " gave an answer that is none of the ledger's");
    }
    const std::string_view first = redis::text_of(*answer.element[0]);
    if (first == "ok") return {};
    const std::string_view why = answer.elements > 1 ? redis::text_of(*answer.element[1]) : "";
    const Status refused(code_of(first), std::string(why));
    if (first == "superseded") {
        return Status(Code::kRetry, std::string(why)).with_service_code(kSuperseded);
    }
    const bool of_server = refused.code() == Code::kLedgerLost || refused.code() == Code::kFenced;
    return of_server ? refused.with_context(server()) : refused;
}

}  // namespace millrace
