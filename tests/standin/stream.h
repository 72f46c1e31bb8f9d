// The stream of one table: shards that split and merge, listings, iterators, pages.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "tests/standin/hostility.h"
#include "tests/standin/shard.h"

namespace millrace::standin {

// A place in a shard. Its text is all there is to it: no lifetime, no state in the server.
struct Iterator {
    std::string stream;
    std::string shard;
    uint64_t ordinal = 0;
    bool waited = false;  // the empty page at this place has been given

    std::string text() const;
    static std::optional<Iterator> parse(const std::string& text);
};

// Guarded by the table's lock.
class Stream {
  public:
    struct Options {
        std::string id;
        int64_t created_us = 0;
        int expiration_hours = 24;
        uint64_t seed = 1;  // of shard ids and page lengths
    };
    // Begins with one shard, or with one per part when the first key column is cut `at` some
    // values.
    Stream(Options options, const std::vector<Datum>& at = {});

    const Options& options() const { return options_; }
    void set_expiration(int hours) { options_.expiration_hours = hours; }

    // The open shard that takes this first key column.
    Shard& shard_of(const Datum& first_key);
    // The next place in the order of `shard` at that time.
    static Sequence next_sequence(const Shard& shard, int64_t now_us, const Hostility& hostility);

    // `at` (inside the shard's range) begins the second child. Refused with a text.
    void split(const std::string& shard, const Datum& at, int64_t when_us, int64_t listed_us);
    void merge(const std::string& left, const std::string& right, int64_t when_us,
               int64_t listed_us);
    std::vector<const Shard*> open_shards() const;  // by range

    struct Listing {
        std::vector<const Shard*> shards;
        std::string next;  // empty = last page
    };
    Listing list(const std::string& from, int limit, int64_t now_us, const Hostility&) const;

    // Null when there is no such shard (any more).
    const Shard* find(const std::string& shard, int64_t now_us) const;
    // The oldest record that is kept.
    uint64_t horizon(const Shard& shard, int64_t now_us) const;
    void trim(int64_t before_us) { trimmed_us_ = std::max(trimmed_us_, before_us); }

    struct Page {
        uint64_t count = 0;  // records from the iterator's ordinal on
        bool gap = false;    // an empty page in mid-stream: more records follow
    };
    Page page(const Shard& shard, const Iterator& at, uint64_t limit, const Hostility&) const;
    // The iterator after `count` records, or none at the end of a closed shard.
    std::optional<Iterator> after(const Shard& shard, const Iterator& at, Page page,
                                  const Hostility&) const;

  private:
    Shard& add_shard(Datum low, Datum high, int64_t listed_us);
    Shard& open_shard(const std::string& id);
    int64_t kept_since(int64_t now_us) const;
    bool gone(const Shard& shard, int64_t now_us) const;
    uint64_t dice(const Iterator& at, uint64_t salt) const;

    Options options_;
    std::map<std::string, Shard> shards_;  // ids are random, so parents may follow their children
    uint64_t ids_given_ = 0;
    int64_t trimmed_us_ = 0;
};

}  // namespace millrace::standin
