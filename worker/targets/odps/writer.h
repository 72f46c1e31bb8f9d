// The way of one item into MaxCompute: records become blocks of the run's upload session.
#pragma once

#include <functional>

#include "common/config/odps_writer.h"
#include "common/services/maxcompute/client.h"
#include "common/services/maxcompute/staging.h"
#include "worker/targets/odps/encoder.h"
#include "worker/targets/target.h"

namespace millrace {

// A batch is a block. Nothing is visible before the coordinator commits the session. After a
// failure of send() or acknowledge() only begin() may be called.
class OdpsTarget final : public Target {
  public:
    // Numbers of the run, from the ledger, that no other epoch ever gets.
    using Reserve = std::function<Result<Range>(uint32_t count)>;

    // `client` outlives this object. kConfig when the job's columns are not the session's.
    static Result<std::unique_ptr<OdpsTarget>> create(maxcompute::Client& client,
                                                      const OdpsWriterConfig& config,
                                                      maxcompute::RunStaging staging,
                                                      Reserve reserve);

    Status begin(const std::string& staging, const std::vector<Part>& parts) override;
    Append append(const Change& change) override;
    bool has_open_batch() const override { return open_.changes > 0; }
    // Only the last batch may be sent before append() said kFull: blocks are cut the same way
    // always.
    Status send(bool last) override;
    Result<Delivered> acknowledge() override;

  private:
    struct Block {
        Buffer bytes;
        maxcompute::RecordWriter writer{bytes};
        uint64_t changes = 0;
        RowCounts counts;

        void clear();
    };

    OdpsTarget(maxcompute::Client& client, const OdpsWriterConfig& config,
               maxcompute::RunStaging staging, Reserve reserve, OdpsEncoder encoder);
    bool is_full() const { return open_.bytes.size() >= block_bytes_; }
    Result<uint32_t> next_block();
    Status judged(const Status& status);

    maxcompute::Client& client_;
    const maxcompute::Place place_;
    const std::string session_;
    const uint64_t block_bytes_;
    const Reserve reserve_;
    OdpsEncoder encoder_;

    uint32_t blocks_ = 0;  // of the item, sent so far
    Block open_;
    Block sent_;
    maxcompute::StagedBlock sent_block_;
    std::unique_ptr<maxcompute::BlockUpload> upload_;  // of sent_
};

}  // namespace millrace
