#include "worker/targets/oss/writer.h"

#include "common/codec/crc64.h"

namespace millrace {
namespace {

constexpr size_t kCrcStep = 16 * 1024;       // behind the encoder, while the bytes are in the cache
constexpr size_t kRowRoom = 256 * 1024;      // so that buffers rarely grow for the last row
constexpr uint32_t kPartNumberMax = 10'000;  // of the service

Status corrupt_staging(const std::string& why) {
    return Status(Code::kCorrupt, "the ledger's staging of an OSS object is wrong: " + why);
}

}  // namespace

void OssTarget::Piece::clear() {
    bytes.clear();
    changes = 0;
    counts = {};
    crc = 0;
    crc_upto = 0;
    full = ends_object = false;
}

void OssTarget::Piece::update_crc(size_t step) {
    if (bytes.size() - crc_upto < step || bytes.empty()) return;
    crc = crc64(crc, bytes.view().substr(crc_upto));
    crc_upto = bytes.size();
}

OssTarget::OssTarget(oss::Client& client, const OssWriterConfig& config, oss::Naming naming,
                     ShardId shard, Reserve reserve)
    : client_(client),
      config_(config),
      naming_(std::move(naming)),
      shard_(std::move(shard)),
      reserve_(std::move(reserve)),
      encoder_(config.format) {}

Status OssTarget::begin(const std::string& staging, const std::vector<Part>& parts) {
    upload_.reset();
    open_.clear();
    sent_.clear();
    object_ = {};
    if (staging.empty()) {
        return parts.empty() ? Status() : corrupt_staging("there are parts without a state");
    }
    MILLRACE_ASSIGN(object_, oss::Staging::parse(staging));
    uint64_t rows = 0, bytes = 0;
    for (const Part& part : parts) {
        if (part.object > object_.object) return corrupt_staging("a part lies behind it");
        if (part.object != object_.object) continue;
        MILLRACE_ASSIGN(const oss::StagedPart staged, oss::StagedPart::parse(part.data));
        if (staged.upload != object_.upload) return corrupt_staging("a part has another upload");
        rows += staged.rows;
        bytes += staged.bytes;
    }
    if (rows != object_.rows || bytes != object_.bytes) {
        return corrupt_staging("its parts do not add up to " + object_.name);
    }
    return {};
}

Append OssTarget::append(const Change& change) {
    if (open_.bytes.capacity() == 0) open_.bytes.reserve(config_.part_bytes + kRowRoom);
    const size_t before = open_.bytes.size();
    const bool new_object = before == 0 && object_.upload.empty();
    if (new_object && !config_.header.empty()) {
        encoder_.append_header(config_.header, open_.bytes);
    }
    Append outcome = encoder_.append(change, open_.bytes, open_.counts);
    if (outcome.kind != Append::Kind::kAdded) {
        open_.bytes.truncate(before);
        return outcome;
    }
    ++open_.changes;
    open_.update_crc(kCrcStep);
    judge_fullness();
    if (open_.full) outcome.kind = Append::Kind::kFull;
    return outcome;
}

void OssTarget::judge_fullness() {
    open_.ends_object = object_.rows + open_.counts.rows >= config_.object_rows ||
                        object_.bytes + open_.bytes.size() >= config_.object_bytes;
    open_.full = open_.ends_object || open_.bytes.size() >= config_.part_bytes;
}

bool OssTarget::owes_empty_object() const {
    return config_.generate_empty_file && object_.object == 0 && object_.upload.empty();
}

bool OssTarget::has_open_batch() const {
    return !open_.bytes.empty() || owes_empty_object();
}

Status OssTarget::begin_object(uint32_t first_number) {
    object_.name = oss::object_name(naming_, shard_, object_.object);
    MILLRACE_ASSIGN(object_.upload, client_.initiate_multipart(object_.name));
    object_.base = first_number;
    return {};
}

Result<uint32_t> OssTarget::next_number() {
    MILLRACE_ASSIGN(const Range range, reserve_(1));
    if (object_.upload.empty()) MILLRACE_TRY(begin_object(range.first));
    if (range.first < object_.base) return corrupt_staging("a part number was reserved twice");
    const uint32_t number = range.first - object_.base + 1;
    if (number > kPartNumberMax) {
        return fatal_error(object_.name + " needs more than 10000 parts; raise partBytes");
    }
    return number;
}

Status OssTarget::send(bool last) {
    if (!has_open_batch()) return {};
    if (!last && !open_.full) return fatal_error("an OSS part was cut short before its item's end");
    if (open_.bytes.empty() && !config_.header.empty()) {
        encoder_.append_header(config_.header, open_.bytes);
    }
    MILLRACE_ASSIGN(const uint32_t number, next_number());
    open_.update_crc(1);
    std::swap(open_, sent_);
    open_.clear();
    sent_object_ = object_.object;
    sent_part_ = {object_.name,       object_.upload,    number,          "", sent_.crc,
                  sent_.bytes.size(), sent_.counts.rows, sent_.counts.sum};
    upload_.emplace(client_, object_.name, object_.upload, number, sent_.bytes.view(), sent_.crc);
    upload_->start();
    object_.rows += sent_.counts.rows;
    object_.bytes += sent_.bytes.size();
    if (sent_.ends_object) object_ = {.object = object_.object + 1};
    return {};
}

Result<Delivered> OssTarget::acknowledge() {
    Delivered delivered;
    delivered.staging = object_.json();
    if (!upload_) return delivered;
    Result<oss::PartInfo> part = upload_->finish();
    upload_.reset();
    MILLRACE_TRY(part.status());
    sent_part_.etag = part->etag;
    delivered.changes = sent_.changes;
    delivered.rows = sent_part_.rows;
    delivered.bytes = sent_part_.bytes;
    delivered.sum = sent_part_.sum;
    delivered.parts.push_back({sent_object_, sent_part_.number, sent_part_.json()});
    sent_.clear();
    return delivered;
}

}  // namespace millrace
