// The commit of an instance into MaxCompute: one upload session for all items, committed once.
#pragma once

#include "common/config/odps_writer.h"
#include "common/record/shape.h"
#include "coordinator/commit/late_writers.h"
#include "coordinator/commit/odps_intent.h"
#include "coordinator/commit/target_commit.h"

namespace millrace {

struct OdpsCommitParts {
    const CallContext& context;  // outlives the commit
    StateStore& store;
    RecordShape shape;  // of the source
    // After an item was taken away from its owner, see LateWriters.
    Duration late_writes = LateWriters::kPatience;
};

// The only piece is the session.
class OdpsCommit final : public TargetCommit {
  public:
    OdpsCommit(const OdpsCommitParts& parts, const maxcompute::Config& project,
               OdpsWriterConfig config);

    // Table, columns and partition fit the job; the partition is made when it is missing, and the
    // session in which the items write.
    Status prepare(const InstanceView& instance) override;
    void saw(const std::vector<ItemView>& items) override;
    // Waits until nobody can write into the session any more.
    Result<std::string> make_intent(const InstanceView& instance,
                                    const std::vector<ItemView>& items) override;
    Status load(const std::string& intent) override;
    size_t pieces() const override { return 1; }
    Status complete(size_t piece) override;
    Result<bool> look(size_t piece) override;
    std::vector<ItemId> items_of(size_t piece) const override;
    void describe(nlohmann::json& receipt) const override;
    Status publish(const nlohmann::json&) override { return {}; }
    Status clean() override { return {}; }

  private:
    Result<bool> wanted_overwrite(const InstanceView& instance);
    Result<bool> session_serves(const InstanceView& instance, bool overwrite);
    Status wait_for_late_writers();
    Status drop_session(const InstanceView& instance);
    // Of an open session: kNotFound when a block is missing, or one came that the intent does not
    // know.
    Status compare(const maxcompute::UploadSession& session) const;
    // Of a closed one.
    Status compare_closed(const maxcompute::UploadSession& session) const;
    Result<maxcompute::UploadSession> session();
    std::string named() const;

    const CallContext& context_;
    maxcompute::Client client_;
    StateStore& store_;
    RecordShape shape_;
    OdpsWriterConfig config_;
    maxcompute::Place place_;
    OdpsIntent intent_;
    LateWriters late_writers_;
};

Result<std::unique_ptr<TargetCommit>> make_odps_commit(const PluginSpec& writer,
                                                       const OdpsCommitParts& parts);

}  // namespace millrace
