// The way of one item into OSS: rows become parts of multipart uploads, objects roll.
#pragma once

#include <optional>

#include "common/config/oss_writer.h"
#include "worker/targets/oss/encoder.h"
#include "worker/targets/oss/objects.h"
#include "worker/targets/target.h"

namespace millrace {

// A batch is a part. Nothing is visible before the coordinator completes the uploads. After a
// failure of send() or acknowledge() only begin() may be called.
class OssTarget final : public Target {
  public:
    // `client` outlives this object.
    OssTarget(oss::Client& client, const OssWriterConfig& config, oss::Naming naming, ShardId shard,
              ReserveParts reserve);

    Status begin(const std::string& staging, const std::vector<Part>& parts) override;
    Append append(const Change& change) override;
    bool has_open_batch() const override;
    // Only the last batch may be sent before append() said kFull: parts are cut the same way
    // always.
    Status send(bool last) override;
    Result<Delivered> acknowledge() override;

  private:
    struct Piece {
        Buffer bytes;
        uint64_t changes = 0;
        RowCounts counts;
        uint64_t crc = 0;
        size_t crc_upto = 0;  // bytes that `crc` covers
        bool full = false;
        bool ends_object = false;

        void clear();
        void update_crc(size_t step);
    };

    bool owes_empty_object() const;
    void judge_fullness();

    oss::Client& client_;
    const OssWriterConfig config_;
    const OssEncoder encoder_;

    ItemObjects objects_;  // after the last part that was sent
    Piece open_;
    Piece sent_;
    uint32_t sent_object_ = 0;
    oss::StagedPart sent_part_;
    std::optional<oss::PartUpload> upload_;  // of sent_
};

}  // namespace millrace
