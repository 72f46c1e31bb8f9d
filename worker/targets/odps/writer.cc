#include "worker/targets/odps/writer.h"

#include <nlohmann/json.hpp>

#include "common/store/park_reason.h"

namespace millrace {
namespace {

// So that buffers rarely grow for the last row.
constexpr size_t kLastRowRoom = 1 << 20;

Status odps_staging_error(const std::string& why) {
    return Status(Code::kCorrupt, "the ledger's staging of a MaxCompute item is wrong: " + why);
}

}  // namespace

void OdpsTarget::Block::clear() {
    bytes.clear();
    writer = maxcompute::RecordWriter(bytes);
    changes = 0;
    counts = {};
}

Result<std::unique_ptr<OdpsTarget>> OdpsTarget::create(maxcompute::Client& client,
                                                       const OdpsWriterConfig& config,
                                                       maxcompute::RunStaging staging,
                                                       Reserve reserve) {
    MILLRACE_ASSIGN(std::vector<maxcompute::WrittenColumn> columns,
                    maxcompute::written_columns(staging.columns, config.columns));
    MILLRACE_ASSIGN(
        OdpsEncoder encoder,
        OdpsEncoder::create(std::move(columns), {config.time_zone, config.empty_as_null}));
    return std::unique_ptr<OdpsTarget>(
        new OdpsTarget(client, config, std::move(staging), std::move(reserve), std::move(encoder)));
}

OdpsTarget::OdpsTarget(maxcompute::Client& client, const OdpsWriterConfig& config,
                       maxcompute::RunStaging staging, Reserve reserve, OdpsEncoder encoder)
    : client_(client),
      place_{config.table, std::move(staging.partition)},
      session_(std::move(staging.session)),
      block_bytes_(config.block_bytes),
      reserve_(std::move(reserve)),
      encoder_(std::move(encoder)) {}

Status OdpsTarget::begin(const std::string& staging, const std::vector<Part>& parts) {
    upload_.reset();
    open_.clear();
    sent_.clear();
    blocks_ = 0;
    if (staging.empty()) {
        return parts.empty() ? Status() : odps_staging_error("there are blocks without a state");
    }
    const auto read = nlohmann::json::parse(staging, nullptr, false);
    if (!read.is_object() || !read.value("blocks", nlohmann::json()).is_number_unsigned()) {
        return odps_staging_error("it cannot be read");
    }
    blocks_ = read["blocks"].get<uint32_t>();
    if (parts.size() != blocks_) return odps_staging_error("its blocks are not all there");
    return {};
}

Append OdpsTarget::append(const Change& change) {
    if (open_.bytes.capacity() == 0) open_.bytes.reserve(block_bytes_ + kLastRowRoom);
    Append outcome = encoder_.append(change, open_.writer, open_.counts);
    if (outcome.kind != Append::Kind::kAdded) return outcome;
    ++open_.changes;
    if (is_full()) outcome.kind = Append::Kind::kFull;
    return outcome;
}

// Any 20,000 numbers in a row are different blocks; the commit refuses more.
Result<uint32_t> OdpsTarget::next_block() {
    MILLRACE_ASSIGN(const Range range, reserve_(1));
    return range.first % maxcompute::kBlocksMax;
}

// A block that is refused may mean that its session has ended: then nothing is lost but work.
Status OdpsTarget::judged(const Status& status) {
    if (status.code() != Code::kNotFound && status.code() != Code::kFatal) return status;
    const auto now = client_.upload(place_, session_);
    const bool ended = now.ok() ? now->state == maxcompute::SessionState::kExpired ||
                                      now->state == maxcompute::SessionState::kCanceled
                                : now.status().code() == Code::kNotFound;
    if (!ended) return status;
    return staging_gone("upload session " + session_ + " has ended: " + status.text());
}

Status OdpsTarget::send(bool last) {
    if (!has_open_batch()) return {};
    if (!last && !is_full()) {
        return fatal_error("a MaxCompute block was cut short before its item's end");
    }
    MILLRACE_ASSIGN(const uint32_t block, next_block());
    open_.writer.end_stream();
    std::swap(open_.bytes, sent_.bytes);
    sent_.changes = open_.changes;
    sent_block_ = {session_, block, open_.counts.rows, sent_.bytes.size(), open_.counts.sum};
    open_.clear();
    ++blocks_;
    MILLRACE_ASSIGN(upload_, client_.start_block(place_, session_, block, sent_.bytes.view()));
    return {};
}

Result<Delivered> OdpsTarget::acknowledge() {
    Delivered delivered;
    delivered.staging = nlohmann::json{{"blocks", blocks_}}.dump();
    if (!upload_) return delivered;
    const std::unique_ptr<maxcompute::BlockUpload> upload = std::move(upload_);
    MILLRACE_TRY(judged(upload->finish()));
    delivered.changes = sent_.changes;
    delivered.rows = sent_block_.rows;
    delivered.bytes = sent_block_.bytes;
    delivered.sum = sent_block_.sum;
    delivered.parts.push_back({0, blocks_, sent_block_.json()});
    sent_.clear();
    return delivered;
}

}  // namespace millrace
