#include "tests/standin/stream.h"

#include <algorithm>
#include <cstdio>

#include "common/crypto/digest.h"
#include "tests/standin/ots_error.h"
#include "tests/standin/seeded.h"

namespace millrace::standin {
namespace {

constexpr int64_t kHourUs = 3600ll * 1000 * 1000;
// A clock that went back by less than this is waited for by counting up the row index.
constexpr int64_t kBackUs = 1000 * 1000;

std::string check_of(const std::string& text) {
    char digits[20];
    std::snprintf(digits, sizeof digits, "%08x", static_cast<unsigned>(mix_text(text)));
    return digits;
}

}  // namespace

std::string Iterator::text() const {
    const std::string plain =
        stream + '/' + shard + '/' + std::to_string(ordinal) + (waited ? "/w" : "/n");
    return base64(plain + '/' + check_of(plain));
}

std::optional<Iterator> Iterator::parse(const std::string& text) {
    const std::string whole = from_base64(text);
    const size_t end = whole.rfind('/');
    if (end == std::string::npos || check_of(whole.substr(0, end)) != whole.substr(end + 1))
        return std::nullopt;
    std::vector<std::string> parts;
    for (size_t from = 0, to; from < end; from = to + 1) {
        to = whole.find('/', from);
        parts.push_back(whole.substr(from, to - from));
    }
    if (parts.size() != 4) return std::nullopt;
    return Iterator{parts[0], parts[1], std::stoull(parts[2]), parts[3] == "w"};
}

Stream::Stream(Options options, const std::vector<Datum>& at) : options_(std::move(options)) {
    Datum low = Datum::inf_min();
    for (const Datum& cut : at) {
        add_shard(low, cut, options_.created_us);
        low = cut;
    }
    add_shard(low, Datum::inf_max(), options_.created_us);
}

Shard& Stream::add_shard(Datum low, Datum high, int64_t listed_us) {
    const uint64_t a = mix(options_.seed ^ mix(++ids_given_)), b = mix(a);
    char id[40];
    std::snprintf(id, sizeof id, "%08x-%04x-4%03x-8%03x-%012llx", static_cast<unsigned>(a),
                  static_cast<unsigned>(a >> 48), static_cast<unsigned>(a >> 32) & 0xfffu,
                  static_cast<unsigned>(b >> 52),
                  static_cast<unsigned long long>(b & 0xffffffffffffu));
    Shard& shard = shards_[id];
    shard.id = id;
    shard.low = std::move(low);
    shard.high = std::move(high);
    shard.listed_us = listed_us;
    return shard;
}

Shard& Stream::shard_of(const Datum& first_key) {
    for (auto& [id, shard] : shards_)
        if (shard.open() && compare(shard.low, first_key) <= 0 &&
            compare(first_key, shard.high) < 0)
            return shard;
    refuse_with(500, "OTSInternalServerError", "no shard takes this key");
}

Sequence Stream::next_sequence(const Shard& shard, int64_t now_us, const Hostility& hostility) {
    int64_t time = now_us - hostility.stream_shift_ms * 1000;
    if (hostility.same_millisecond) time -= time % 1000;
    const Sequence& last = shard.last;
    if (time > last.timestamp_us) return {last.epoch, time, 0};
    if (time < last.timestamp_us - kBackUs) return {last.epoch + 1, time, 0};
    return {last.epoch, last.timestamp_us, last.row_index + 1};
}

Shard& Stream::open_shard(const std::string& id) {
    const auto found = shards_.find(id);
    if (found == shards_.end()) refuse_parameter("no shard " + id);
    if (!found->second.open()) refuse_parameter("shard " + id + " is closed already");
    return found->second;
}

void Stream::split(const std::string& id, const Datum& at, int64_t when_us, int64_t listed_us) {
    Shard& shard = open_shard(id);
    if (compare(at, shard.low) <= 0 || compare(at, shard.high) >= 0)
        refuse_parameter("the split point is not inside the range of shard " + id);
    shard.closed_us = when_us;
    for (const bool first : {true, false}) {
        Shard& child = add_shard(first ? shard.low : at, first ? at : shard.high, listed_us);
        child.parent = id;
        child.last = shard.last;
    }
}

void Stream::merge(const std::string& left, const std::string& right, int64_t when_us,
                   int64_t listed_us) {
    Shard &a = open_shard(left), &b = open_shard(right);
    if (compare(a.high, b.low) != 0)
        refuse_parameter("shards " + left + " and " + right + " are no neighbours in this order");
    a.closed_us = b.closed_us = when_us;
    Shard& child = add_shard(a.low, b.high, listed_us);
    child.parent = left;
    child.sibling = right;
    child.last = std::max(a.last, b.last);
}

std::vector<const Shard*> Stream::open_shards() const {
    std::vector<const Shard*> open;
    for (const auto& [id, shard] : shards_)
        if (shard.open()) open.push_back(&shard);
    std::sort(open.begin(), open.end(),
              [](const Shard* a, const Shard* b) { return compare(a->low, b->low) < 0; });
    return open;
}

int64_t Stream::kept_since(int64_t now_us) const {
    return std::max(trimmed_us_, now_us - options_.expiration_hours * kHourUs);
}

bool Stream::gone(const Shard& shard, int64_t now_us) const {
    return !shard.open() && shard.closed_us < kept_since(now_us) &&
           horizon(shard, now_us) == shard.size();
}

uint64_t Stream::horizon(const Shard& shard, int64_t now_us) const {
    return shard.seek(kept_since(now_us));
}

const Shard* Stream::find(const std::string& id, int64_t now_us) const {
    const auto found = shards_.find(id);
    return found == shards_.end() || gone(found->second, now_us) ? nullptr : &found->second;
}

Stream::Listing Stream::list(const std::string& from, int limit, int64_t now_us,
                             const Hostility& hostility) const {
    size_t most = limit > 0 ? std::min(static_cast<size_t>(limit), size_t{100}) : 100;
    if (hostility.short_pages) most = std::min(most, 1 + mix(options_.seed ^ mix_text(from)) % 3);
    Listing listing;
    for (auto next = shards_.lower_bound(from); next != shards_.end(); ++next) {
        const Shard& shard = next->second;
        if (shard.listed_us > now_us || gone(shard, now_us)) continue;
        if (listing.shards.size() == most) {
            listing.next = shard.id;
            break;
        }
        listing.shards.push_back(&shard);
    }
    return listing;
}

uint64_t Stream::dice(const Iterator& at, uint64_t salt) const {
    return mix(mix_text(at.shard) ^ mix(at.ordinal ^ mix(options_.seed ^ salt)));
}

Stream::Page Stream::page(const Shard& shard, const Iterator& at, uint64_t limit,
                          const Hostility& hostility) const {
    // Lengths depend on the iterator alone, so that it always gives the same records.
    const uint64_t there = shard.size() - at.ordinal;
    if (there > 0 && hostility.empty_pages && !at.waited && dice(at, 1) % 5 == 0) return {0, true};
    if (hostility.short_pages) limit = 1 + dice(at, 2) % limit;
    return {std::min(there, limit), false};
}

std::optional<Iterator> Stream::after(const Shard& shard, const Iterator& at, Page page,
                                      const Hostility& hostility) const {
    Iterator next = at;
    next.ordinal += page.count;
    next.waited = page.gap;
    if (shard.open() || next.ordinal < shard.size()) return next;
    const bool late = hostility.late_end && page.count > 0 && dice(next, 3) % 2 == 0;
    return late ? std::optional(next) : std::nullopt;
}

}  // namespace millrace::standin
