// The commit of an instance into OSS: multipart uploads are completed, then the manifest is
// written, then what the run replaces is removed.
#pragma once

#include "common/config/oss_writer.h"
#include "coordinator/commit/oss_intent.h"
#include "coordinator/commit/target_commit.h"

namespace millrace {

class OssCommit final : public TargetCommit {
  public:
    // `context` outlives this object.
    OssCommit(const CallContext& context, OssWriterConfig config, oss::Naming naming, TaskId task);

    Status prepare(const InstanceView& instance) override;
    Result<std::string> make_intent(const InstanceView& instance,
                                    const std::vector<ItemView>& items) override;
    Status load(const std::string& intent) override;
    size_t pieces() const override { return intent_.objects.size(); }
    Status complete(size_t piece) override;
    Result<bool> look(size_t piece) override;
    std::vector<ItemId> items_of(size_t piece) const override;
    void describe(nlohmann::json& receipt) const override;
    Status publish(const nlohmann::json& receipt) override;
    Status clean() override;
    Status abandon() override { return abort_uploads(); }

  private:
    // This task's manifests of the job's object for windows that overlap this one.
    Result<std::vector<OssManifest>> manifests();
    bool may_concern(std::string_view manifest_key) const;
    bool replaces(const OssManifest& manifest) const;
    Status refuse_partial_overlap(const std::vector<OssManifest>& manifests) const;
    Status refuse_existing_objects();
    Status judge_refusal(const OssObject& object, const Status& refusal);
    Status abort_uploads();
    void add_replaced(const std::vector<OssManifest>& manifests);

    oss::Client client_;
    OssWriterConfig config_;
    oss::Naming naming_;
    TaskId task_;
    OssIntent intent_;
};

}  // namespace millrace
