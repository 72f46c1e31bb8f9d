#include "worker/source/objects/object_bytes.h"

#include <algorithm>

#include "common/base/crash_point.h"
#include "common/codec/crc64.h"

namespace millrace {
namespace {

constexpr size_t kInflatedPiece = 128 << 10;

}  // namespace

ObjectBytes::ObjectBytes(oss::Client& client, const oss::ObjectStart& object, uint64_t offset,
                         PrefixCrc known, Options options)
    : object_(object),
      place_("oss://" + client.config().bucket + "/" + object.object),
      options_(options),
      fetch_(client, object.object, object.etag),
      asked_(offset),
      given_(offset),
      crc_(known) {}

void ObjectBytes::fetch() {
    if (fetch_.started() || asked_ >= object_.length) return;
    const uint64_t end = std::min(asked_ + options_.range_bytes, object_.length);
    fetch_.start({asked_, end - 1}, std::move(spare_));
    asked_ = end;
}

// False at the object's end.
Result<bool> ObjectBytes::next_range() {
    fetch();
    if (!fetch_.started()) return false;
    MILLRACE_ASSIGN(oss::FetchedRange fetched, fetch_.finish());
    crash_point("after_read");
    spare_ = std::move(range_.body);
    range_ = std::move(fetched);
    in_range_ = 0;
    if (range_.crc64) whole_crc_ = range_.crc64;
    fetch();
    return true;
}

Result<std::string_view> ObjectBytes::next() {
    if (in_range_ == range_.body.size()) {
        MILLRACE_ASSIGN(const bool more, next_range());
        if (!more) {
            MILLRACE_TRY(check_whole());
            return std::string_view();
        }
    }
    const std::string_view piece = range_.body.view().substr(in_range_, options_.piece_bytes);
    in_range_ += piece.size();
    const uint64_t begin = given_;
    given_ += piece.size();
    if (given_ > crc_.length) {
        crc_.crc64 = crc64(crc_.crc64, piece.substr(crc_.length - begin));
        crc_.length = given_;
    }
    return piece;
}

Status ObjectBytes::check_whole() const {
    if (!whole_crc_ || *whole_crc_ == crc_.crc64) return {};
    return Status(Code::kCorrupt, place_ +
                                      " was not received as it is stored: its CRC-64 differs from "
                                      "that of the bytes that were read; begin a new run");
}

Result<std::string_view> GunzippedBytes::next() {
    for (;;) {
        MILLRACE_ASSIGN(std::string_view piece, inflate());
        if (piece.empty()) {
            if (skip_ == 0) return piece;
            return Status(Code::kCorrupt, place_ + " holds less than it did when it was read");
        }
        const uint64_t skipped = std::min<uint64_t>(skip_, piece.size());
        skip_ -= skipped;
        piece.remove_prefix(skipped);
        if (!piece.empty()) return piece;
    }
}

Result<std::string_view> GunzippedBytes::inflate() {
    for (;;) {
        if (rest_.empty() && !ended_) {
            MILLRACE_ASSIGN(rest_, stored_.next());
            ended_ = rest_.empty();
        }
        const Result<size_t> used = gunzip_.next(rest_, kInflatedPiece, out_);
        if (!used.ok()) return used.status().with_context(place_);
        rest_.remove_prefix(*used);
        if (!out_.empty()) return out_.view();
        if (!ended_) continue;
        if (gunzip_.complete()) return std::string_view();
        return Status(Code::kCorrupt, place_ + ": the gzip data ends too early");
    }
}

}  // namespace millrace
