// The end of an instance in a keyed target: every row is visible since it was acknowledged, so
// there are no pieces; what is prepared and finished are indices.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "coordinator/commit/target_commit.h"

namespace millrace {

// What a kind of keyed target does at the edges of an instance. Each may be repeated.
struct KeyedTargetEdges {
    nlohmann::json target;  // of the receipt: {"kind", "endpoint", "index"}
    // Gives what the intent remembers (the index's uuid).
    std::function<Result<nlohmann::json>(const InstanceView& instance)> prepare;
    std::function<Status(const nlohmann::json& remembered)> finish;
};

class KeyedCommit final : public TargetCommit {
  public:
    explicit KeyedCommit(KeyedTargetEdges edges) : edges_(std::move(edges)) {}

    Status prepare(const InstanceView& instance) override;
    Result<std::string> make_intent(const InstanceView& instance,
                                    const std::vector<ItemView>& items) override;
    Status load(const std::string& intent) override;
    size_t pieces() const override { return 0; }
    Status complete(size_t piece) override;
    Result<bool> look(size_t piece) override;
    std::vector<ItemId> items_of(size_t) const override { return {}; }
    void describe(nlohmann::json& receipt) const override;
    Status publish(const nlohmann::json& receipt) override;
    Status clean() override { return {}; }

  private:
    KeyedTargetEdges edges_;
    nlohmann::json prepared_;  // null = by an earlier process
    nlohmann::json intent_;
};

}  // namespace millrace
