// Finds the entry of an id within a batch: open addressing over hashes, cleared per batch.
#pragma once

#include <cstdint>
#include <vector>

namespace millrace {

class IdTable {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;

    void clear() {
        slots_.assign(slots_.size(), Slot{});
        used_ = 0;
    }
    // The entry with this hash for which `equal(entry)` holds, or kNone after storing `fresh`
    // there.
    template <typename Equal>
    uint32_t find_or_insert(uint64_t hash, uint32_t fresh, Equal equal) {
        if (used_ * 2 >= slots_.size()) grow();
        for (size_t at = hash;; ++at) {
            Slot& slot = slots_[at & (slots_.size() - 1)];
            if (slot.entry == kNone) {
                slot = {hash, fresh};
                ++used_;
                return kNone;
            }
            if (slot.hash == hash && equal(slot.entry)) return slot.entry;
        }
    }

  private:
    struct Slot {
        uint64_t hash = 0;
        uint32_t entry = kNone;
    };
    void grow() {
        std::vector<Slot> old(slots_.empty() ? 256 : slots_.size() * 2);
        old.swap(slots_);
        for (const Slot& slot : old) {
            if (slot.entry == kNone) continue;
            size_t at = slot.hash;
            while (slots_[at & (slots_.size() - 1)].entry != kNone) ++at;
            slots_[at & (slots_.size() - 1)] = slot;
        }
    }
    std::vector<Slot> slots_;
    size_t used_ = 0;
};

}  // namespace millrace
