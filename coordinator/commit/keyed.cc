#include "coordinator/commit/keyed.h"

namespace millrace {

using nlohmann::json;

Status KeyedCommit::prepare(const InstanceView& instance) {
    MILLRACE_ASSIGN(prepared_, edges_.prepare(instance));
    return {};
}

Result<std::string> KeyedCommit::make_intent(const InstanceView& instance,
                                             const std::vector<ItemView>&) {
    MILLRACE_ASSIGN(json remembered, edges_.prepare(instance));
    if (!prepared_.is_null() && prepared_ != remembered) {
        return Status(Code::kNotFound, "the target was deleted and made anew during the run (" +
                                           prepared_.dump() + ", now " + remembered.dump() +
                                           "): rows written before that are lost");
    }
    intent_ = {{"v", 1}, {"kind", "keyed"}, {"target", std::move(remembered)}};
    return intent_.dump();
}

Status KeyedCommit::load(const std::string& intent) {
    intent_ = json::parse(intent, nullptr, false);
    if (intent_.is_discarded())
        return Status(Code::kCorrupt, "the intent in the ledger is malformed");
    return {};
}

Status KeyedCommit::complete(size_t) {
    return fatal_error("a keyed target has no pieces");
}
Result<bool> KeyedCommit::look(size_t) {
    return fatal_error("a keyed target has no pieces");
}

Status KeyedCommit::publish(const json&) {
    return edges_.finish(intent_.value("target", json::object()));
}

void KeyedCommit::describe(json& receipt) const {
    receipt["target"] = edges_.target;
    if (intent_.contains("target")) receipt["target"].update(intent_["target"]);
}

}  // namespace millrace
