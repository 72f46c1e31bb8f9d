#include "worker/targets/oss/writer.h"

#include "common/codec/crc64.h"

namespace millrace {
namespace {

constexpr size_t kCrcStep = 16 * 1024;   // behind the encoder, while the bytes are in the cache
constexpr size_t kRowRoom = 256 * 1024;  // so that buffers rarely grow for the last row

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
                     ShardId shard, ReserveParts reserve)
    : client_(client),
      config_(config),
      encoder_(config.format),
      objects_(client, std::move(naming), std::move(shard), std::move(reserve)) {}

Status OssTarget::begin(const std::string& staging, const std::vector<Part>& parts) {
    upload_.reset();
    open_.clear();
    sent_.clear();
    return objects_.restore(staging, parts);
}

Append OssTarget::append(const Change& change) {
    if (open_.bytes.capacity() == 0) open_.bytes.reserve(config_.part_bytes + kRowRoom);
    const size_t before = open_.bytes.size();
    const bool new_object = before == 0 && !objects_.begun();
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
    const oss::Staging& object = objects_.open();
    open_.ends_object = object.rows + open_.counts.rows >= config_.object_rows ||
                        object.bytes + open_.bytes.size() >= config_.object_bytes;
    open_.full = open_.ends_object || open_.bytes.size() >= config_.part_bytes;
}

bool OssTarget::owes_empty_object() const {
    return config_.generate_empty_file && objects_.open().object == 0 && !objects_.begun();
}

bool OssTarget::has_open_batch() const {
    return !open_.bytes.empty() || owes_empty_object();
}

Status OssTarget::send(bool last) {
    if (!has_open_batch()) return {};
    if (!last && !open_.full) return fatal_error("an OSS part was cut short before its item's end");
    if (open_.bytes.empty() && !config_.header.empty()) {
        encoder_.append_header(config_.header, open_.bytes);
    }
    MILLRACE_ASSIGN(const uint32_t number, objects_.next_number());
    open_.update_crc(1);
    std::swap(open_, sent_);
    open_.clear();
    oss::Staging& object = objects_.open();
    sent_object_ = object.object;
    sent_part_ = {object.name,        object.upload,     number,          "", sent_.crc,
                  sent_.bytes.size(), sent_.counts.rows, sent_.counts.sum};
    upload_.emplace(client_, object.name, object.upload, number, sent_.bytes.view(), sent_.crc);
    upload_->start();
    object.rows += sent_.counts.rows;
    object.bytes += sent_.bytes.size();
    if (sent_.ends_object) objects_.roll();
    return {};
}

Result<Delivered> OssTarget::acknowledge() {
    Delivered delivered;
    delivered.staging = objects_.open().json();
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
