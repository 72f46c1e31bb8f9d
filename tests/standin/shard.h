// One shard of a stream: an append-only list of records, addressed by ordinal.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/buffer.h"
#include "common/record/change.h"
#include "tests/standin/datum.h"

namespace millrace::standin {

// A run of records, kept or generated.
class Segment {
  public:
    virtual ~Segment() = default;
    virtual uint64_t size() const = 0;
    virtual Sequence sequence(uint64_t i) const = 0;
    // Appends record i as a PlainBuffer with its sequence extension.
    virtual Action encode(uint64_t i, Buffer& to) const = 0;
    // The first record at or after that time; size() when there is none.
    virtual uint64_t seek(int64_t timestamp_us) const = 0;
};

// Records as they were written, one by one.
class KeptRecords final : public Segment {
  public:
    void add(Sequence sequence, Action action, std::string bytes);
    uint64_t size() const override { return records_.size(); }
    Sequence sequence(uint64_t i) const override { return records_[i].sequence; }
    Action encode(uint64_t i, Buffer& to) const override;
    uint64_t seek(int64_t timestamp_us) const override;

  private:
    struct Record {
        Sequence sequence;
        Action action;
        std::string bytes;
    };
    std::vector<Record> records_;
};

// Guarded by the table's lock.
class Shard {
  public:
    std::string id;
    std::string parent;   // empty = none
    std::string sibling;  // the other parent of a merged shard
    Datum low, high;      // of the first key column: [low, high)
    int64_t listed_us = 0;
    int64_t closed_us = 0;  // 0 = open
    Sequence last;          // of the newest record here, or in the parents

    bool open() const { return closed_us == 0; }
    uint64_t size() const { return size_; }
    void add(Sequence sequence, Action action, std::string bytes);
    void add(std::shared_ptr<const Segment> run);  // not empty
    Action encode(uint64_t ordinal, Buffer& to) const;
    Sequence sequence(uint64_t ordinal) const;
    uint64_t seek(int64_t timestamp_us) const;

  private:
    struct Placed {
        uint64_t first;
        std::shared_ptr<const Segment> segment;
    };
    const Placed& holder(uint64_t ordinal) const;

    std::vector<Placed> segments_;
    std::shared_ptr<KeptRecords> open_run_;  // the last segment, when records are added to it
    uint64_t size_ = 0;
};

}  // namespace millrace::standin
