#include "worker/targets/oss/parquet_target.h"

#include <algorithm>
#include <cstring>

#include "common/codec/crc64.h"
#include "worker/targets/rows.h"

namespace millrace {

Result<std::unique_ptr<ParquetTarget>> ParquetTarget::create(oss::Client& client,
                                                             const OssWriterConfig& config,
                                                             const parquet::Schema& schema,
                                                             const TimeZone& zone,
                                                             ItemObjects objects) {
    std::unique_ptr<ParquetTarget> made(new ParquetTarget(client, config, std::move(objects)));
    MILLRACE_ASSIGN(made->writer_,
                    parquet::Writer::create(schema,
                                            {.zone = zone,
                                             .compression = config.parquet.compression,
                                             .row_group_rows = config.parquet.row_group_rows},
                                            made->encoded_));
    return made;
}

Status ParquetTarget::begin(const std::string& staging, const std::vector<Part>& parts) {
    upload_.reset();
    open_ = sent_ = {};
    encoded_.clear();
    in_file_ = false;
    failed_ = {};
    MILLRACE_TRY(objects_.restore(staging, parts));
    if (objects_.begun()) {
        return Status(Code::kCorrupt, "the ledger's staging of " + objects_.open().name +
                                          " does not lie between two Parquet objects");
    }
    return {};
}

Append ParquetTarget::append(const Change& change) {
    if (Append outcome = drop_rule(change); outcome.kind == Append::Kind::kDropped) return outcome;
    if (failed_.ok()) failed_ = begin_file();
    if (failed_.ok()) {
        const auto outcome = writer_->append(change.values, change.rows, open_.sum);
        if (!outcome.ok()) {
            return {.kind = Append::Kind::kDirty,
                    .reason = std::string(outcome.reason),
                    .column = outcome.dirty_column};
        }
        open_.rows += change.rows;
        failed_ = write_out();
    }
    ++open_.changes;
    open_.full = !failed_.ok() || is_full();
    return {.kind = open_.full ? Append::Kind::kFull : Append::Kind::kAdded};
}

bool ParquetTarget::is_full() const {
    return open_.rows >= config_.object_rows ||
           open_.bytes + encoded_.size() + writer_->open_bytes() >= config_.object_bytes;
}

Status ParquetTarget::begin_file() {
    if (in_file_) return {};
    encoded_.clear();
    in_file_ = true;
    return writer_->begin();
}

Status ParquetTarget::write_out() {
    MILLRACE_TRY(writer_->close_full_group());
    return send_parts(false);
}

Status ParquetTarget::send_parts(bool all) {
    const std::string_view bytes = encoded_.view();
    size_t taken = 0;
    while (bytes.size() - taken >= config_.part_bytes || (all && taken < bytes.size())) {
        const std::string_view part = bytes.substr(taken, config_.part_bytes);
        MILLRACE_TRY(send_part(part));
        taken += part.size();
    }
    if (taken == 0) return {};
    std::memmove(encoded_.data(), encoded_.data() + taken, bytes.size() - taken);
    encoded_.truncate(bytes.size() - taken);
    return {};
}

Status ParquetTarget::send_part(std::string_view bytes) {
    MILLRACE_TRY(settle_part());
    MILLRACE_ASSIGN(const uint32_t number, objects_.next_number());
    part_.clear();
    part_.append(bytes);
    const uint64_t crc = crc64(0, bytes);
    const oss::Staging& object = objects_.open();
    open_.parts.push_back({.name = object.name,
                           .upload = object.upload,
                           .number = number,
                           .crc64 = crc,
                           .bytes = bytes.size()});
    open_.bytes += bytes.size();
    part_of_ = &open_;
    upload_.emplace(client_, object.name, object.upload, number, part_.view(), crc);
    upload_->start();
    return {};
}

Status ParquetTarget::settle_part() {
    if (!upload_) return {};
    const Result<oss::PartInfo> part = upload_->finish();
    upload_.reset();
    part_of_->failed = part.status();
    MILLRACE_TRY(part.status());
    part_of_->parts.back().etag = part->etag;
    return {};
}

Status ParquetTarget::send(bool last) {
    MILLRACE_TRY(failed_);
    if (!has_open_batch()) return {};
    if (!last && !open_.full) return fatal_error("a Parquet object was cut short");
    MILLRACE_TRY(begin_file());
    in_file_ = false;
    MILLRACE_TRY(writer_->finish());
    MILLRACE_TRY(send_parts(true));
    open_.object = objects_.open().object;
    objects_.roll();
    open_.staging = objects_.open().json();
    // What the parts hold together stands in the last one.
    open_.parts.back().rows = open_.rows;
    open_.parts.back().sum = open_.sum;
    sent_ = std::move(open_);
    open_ = {};
    part_of_ = &sent_;
    return {};
}

Result<Delivered> ParquetTarget::acknowledge() {
    // Unless the next object's first part has waited for it already.
    if (part_of_ == &sent_) MILLRACE_TRY(settle_part());
    MILLRACE_TRY(sent_.failed);
    Delivered delivered;
    delivered.staging = sent_.staging;
    delivered.changes = sent_.changes;
    delivered.rows = sent_.rows;
    delivered.bytes = sent_.bytes;
    delivered.sum = sent_.sum;
    for (const oss::StagedPart& part : sent_.parts) {
        delivered.parts.push_back({sent_.object, part.number, part.json()});
    }
    sent_ = {};
    return delivered;
}

}  // namespace millrace
