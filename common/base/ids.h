// Own types for ids, so that a shard id is never passed where a run id belongs.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace millrace {

template <typename Tag>
class Id {
  public:
    Id() = default;
    explicit Id(std::string text) : text_(std::move(text)) {}
    const std::string& text() const { return text_; }
    bool empty() const { return text_.empty(); }
    auto operator<=>(const Id&) const = default;

  private:
    std::string text_;
};

using TaskId = Id<struct TaskTag>;      // 16 hex digits: who a job is (source, mode, target)
using RunId = Id<struct RunTag>;        // one instance
using ItemId = Id<struct ItemTag>;      // one work item: "<run>/<number>"
using ShardId = Id<struct ShardTag>;    // as the service names it
using StreamId = Id<struct StreamTag>;  // as the service names it
using ClaimId = Id<struct ClaimTag>;    // random; makes a claim repeatable

// Fencing number of a lease. Only ever grows.
enum class Epoch : uint64_t {};

}  // namespace millrace

template <typename Tag>
struct std::hash<millrace::Id<Tag>> {
    size_t operator()(const millrace::Id<Tag>& id) const noexcept {
        return std::hash<std::string>()(id.text());
    }
};
