// Windows of a Tablestore stream.
#pragma once

#include "common/config/otsstream_reader.h"
#include "common/services/tablestore/client.h"
#include "coordinator/sources/source_side.h"

namespace millrace {

class StreamSide final : public SourceSide {
  public:
    // `context` outlives this object.
    StreamSide(const CallContext& context, StreamReaderConfig reader)
        : context_(context), reader_(std::move(reader)), client_(context, reader_.address) {}

    Result<SourceFacts> connect() override;
    StartDecision decide(const std::vector<InstanceView>& history,
                         const StartRequest& request) const override {
        return decide_start(history, request);
    }
    Status settle(const Window& window, const Say& say) override;
    Status drive(const ItemDriverParts& parts, const DriveRequest& request) override;
    Result<std::vector<std::string>> announce(StateStore& store,
                                              const InstanceView& instance) override;
    Result<std::optional<MillisPoint>> datax_time() override;
    Result<nlohmann::json> preview() override;
    nlohmann::json describe() const override;

  private:
    Status settle_ahead(const Window& window) const;

    const CallContext& context_;
    const StreamReaderConfig reader_;
    tablestore::Client client_;
    SourceFacts facts_;
};

}  // namespace millrace
