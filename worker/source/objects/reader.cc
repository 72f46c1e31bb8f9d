#include "worker/source/objects/reader.h"

namespace millrace {
namespace {

std::string place_of(const oss::Client& client, const std::string& object) {
    return "oss://" + client.config().bucket + "/" + object;
}

}  // namespace

ObjectSource::ObjectSource(oss::Client& client, std::stop_token stop, ObjectSourceConfig config,
                           FieldRows rows, const std::optional<oss::ObjectPosition>& resume)
    : stop_(std::move(stop)), config_(std::move(config)), rows_(std::move(rows)) {
    if (resume) place_ = *resume;
    if (config_.object.length == 0) return;
    // Compressed bytes are read from the beginning again: only so the place can be found.
    const bool at_start = config_.gzip || place_.offset == 0;
    stored_.emplace(client, config_.object, at_start ? 0 : place_.offset,
                    at_start ? PrefixCrc() : PrefixCrc{place_.crc64, place_.crc_offset},
                    config_.bytes);
    ByteStream* bytes = &*stored_;
    if (config_.gzip) {
        bytes =
            &gunzipped_.emplace(*stored_, place_of(client, config_.object.object), place_.offset);
    }
    records_.emplace(*bytes, config_.dialect, place_.offset == 0);
}

Result<bool> ObjectSource::next(Change& change) {
    if (stop_.stop_requested()) return Status(Code::kCancelled, "stopped by request");
    MILLRACE_ASSIGN(const bool more, next_record());
    if (!more) return false;
    change.kind = ChangeKind::kPut;
    change.sequence = {0, static_cast<int64_t>(place_.records++), 0};
    change.ordered_us = config_.ordered_us;
    change.any_value = true;
    const std::optional<FieldRows::Problem> problem = rows_.read(record_);
    if (problem) [[unlikely]] {
        explain(*problem, change);
    } else {
        change.unreadable = {};
        change.raw = {};
        change.values = rows_.values();
        change.rows = 1;
        change.width = change.values.size();
    }
    place_.line += record_.lines;
    return true;
}

// Blank lines and the header are passed over.
Result<bool> ObjectSource::next_record() {
    for (;;) {
        if (!records_) return false;
        Result<bool> more = records_->next(record_);
        if (!more.ok()) {
            return more.status().with_context("object " + config_.object.object + ", line " +
                                              std::to_string(place_.line + 1));
        }
        if (!*more) return false;
        const bool header = config_.skip_header && place_.offset == 0;
        place_.offset += record_.raw.size();
        if (!header && (!record_.fields.empty() || !record_.problem.empty())) return true;
        place_.line += record_.lines;
    }
}

void ObjectSource::explain(const FieldRows::Problem& problem, Change& change) {
    reason_ = "line " + std::to_string(place_.line + 1) + ": " + problem.reason;
    change.unreadable = reason_;
    change.unreadable_column = problem.column;
    change.raw = record_.raw;
    change.values = {};
    change.rows = 0;
    change.width = 0;
}

std::string ObjectSource::position() const {
    oss::ObjectPosition position = place_;
    const PrefixCrc crc = stored_ ? stored_->crc() : PrefixCrc();
    position.crc64 = crc.crc64;
    position.crc_offset = crc.length;
    return position.json();
}

}  // namespace millrace
