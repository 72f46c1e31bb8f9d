// What a coordinator calls: the verbs of a run, and of the store as a whole.
#include <hiredis/hiredis.h>

#include "common/store/redis/redis_rows.h"
#include "common/store/redis/redis_scripts.h"
#include "common/store/redis/redis_store.h"
#include "common/store/rules.h"

namespace millrace {
namespace {

constexpr size_t kWordsMax = 1'000'000;  // of one command

std::string text(Token token) {
    return std::to_string(static_cast<uint64_t>(token));
}

std::string step_name(CommitStep step) {
    switch (step) {
        case CommitStep::kCommitted: return "committed";
        case CommitStep::kCleaned: return "cleaned";
        case CommitStep::kRestage: return "restage";
    }
    return "?";
}

std::vector<std::string> with(std::vector<std::string> words, redis::Flat more) {
    std::move(more.begin(), more.end(), std::back_inserter(words));
    return words;
}

}  // namespace

Result<CreateOutcome> RedisStore::create_instance(const NewInstance& instance) {
    MILLRACE_ASSIGN(const RedisAnswer answer,
                    once("create_instance", with({instance.run.text(), instance.task.text(),
                                                  std::to_string(to_millis(instance.window.start)),
                                                  std::to_string(to_millis(instance.window.end)),
                                                  std::string(name_of(instance.kind))},
                                                 redis::job_fields(instance))));
    const bool created = redis::text_of(*answer->element[1]) == "created";
    return CreateOutcome{created ? Created::kCreated : Created::kExists,
                         RunId(std::string(redis::text_of(*answer->element[2])))};
}

Status RedisStore::add_items(const RunId& run, std::span<const NewItem> items) {
    Words words = {run.text(), redis::joined(redis::item_fields(ItemRow()))};
    for (const NewItem& item : items) {
        words.insert(words.end(), {item.item.text(), item.shard.text(), item.start});
    }
    return once("add_items", std::move(words), true).status();
}

Status RedisStore::record_borders(const RunId& run, std::span<const ShardBorders> borders) {
    Words words = {run.text(), rules::digest(borders)};
    for (const ShardBorders& shard : borders) {
        for (const auto& [time_ms, border] : shard.borders) {
            words.insert(words.end(), {shard.stream.text(), shard.shard.text(),
                                       std::to_string(time_ms), redis::border_text(border)});
        }
    }
    return once("record_borders", std::move(words), true).status();
}

Status RedisStore::set_staging(const RunId& run, const std::string& staging) {
    return once("set_staging", {run.text(), staging}).status();
}

Status RedisStore::begin_commit(const RunId& run, const std::string& intent) {
    return once("begin_commit", {run.text(), intent}, true).status();
}

Status RedisStore::end_commit(const RunId& run, const CommitResult& result) {
    Words words = {run.text(), step_name(result.step), result.receipt};
    for (const ItemId& item : result.restage) words.push_back(item.text());
    return once("end_commit", std::move(words), true).status();
}

Status RedisStore::close_instance(const RunId& run, InstanceState state,
                                  const std::string& reason) {
    return once("close_instance", {run.text(), std::string(name_of(state)), reason}, true).status();
}

Status RedisStore::reopen_instance(const RunId& run, const ReopenOptions& options) {
    return once("reopen_instance",
                with({run.text(), options.restart ? "1" : "0"}, redis::job_fields(options)), true)
        .status();
}

Status RedisStore::set_control(const RunId& run, const RunControl& control) {
    return once("set_control", with({run.text()}, redis::control_fields(control)), true).status();
}

Status RedisStore::void_claims() {
    return once("void_claims", {}, true).status();
}

Status RedisStore::take_over(Token expected, Token token) {
    return call("take_over", {text(expected), text(token)}).status();
}

Result<std::string> RedisStore::begin_rebuild(Token expected, Token token, uint64_t ceiling) {
    MILLRACE_ASSIGN(const RedisAnswer begun,
                    once("begin_rebuild", {text(expected), text(token), std::to_string(ceiling)}));
    // Closed to everybody, it is emptied step by step, so that no step takes long.
    std::string next = "0";
    do {
        MILLRACE_ASSIGN(const RedisAnswer step, call("empty", {next}, true, text(token) + "/"));
        next = redis::text_of(*step->element[1]);
    } while (next != "0");
    return std::string(redis::text_of(*begun->element[1]));
}

Status RedisStore::restore(const LiveRun& run) {
    Words words = {redis::joined(redis::run_fields(run.instance)), run.package,
                   redis::joined(redis::item_names())};
    for (const ItemRow& item : run.items) {
        const auto parts = run.parts.find(item.item);
        const redis::Flat fields = redis::item_fields(item);
        for (size_t i = 1; i < fields.size(); i += 2) words.push_back(fields[i]);
        words.push_back(parts == run.parts.end() ? std::string()
                                                 : redis::joined(redis::part_words(parts->second)));
    }
    if (words.size() > kWordsMax) {
        return fatal_error("run " + run.instance.run.text() + " has " +
                           std::to_string(run.items.size()) +
                           " items, more than Redis takes at once");
    }
    return once("restore", std::move(words), true).status();
}

Status RedisStore::end_rebuild(const std::string& identity) {
    return once("end_rebuild", {identity}).status();
}

Status RedisStore::put_package(const RunId& run, const std::string& package) {
    return once("put_package", {run.text(), package}, true).status();
}

Status RedisStore::raise_ceiling(uint64_t ceiling) {
    return call("raise_ceiling", {std::to_string(ceiling)}).status();
}

Result<EpochUse> RedisStore::epochs() {
    MILLRACE_ASSIGN(const RedisAnswer answer, call("epochs", {}));
    const auto number = [&](size_t i) {
        return std::stoull(std::string(redis::text_of(*answer->element[i])));
    };
    return EpochUse{number(1), number(2)};
}

Status RedisStore::forget(const RunId& run) {
    return once("forget", {run.text()}, true).status();
}

Result<bool> RedisStore::lead(const std::string& holder, Duration ttl) {
    MILLRACE_ASSIGN(const RedisAnswer answer, call("lead", {holder, std::to_string(ttl.count())}));
    return redis::text_of(*answer->element[1]) == "1";
}

}  // namespace millrace
