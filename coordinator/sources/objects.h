// Objects of a bucket: one item for each.
#pragma once

#include "common/config/oss_reader.h"
#include "common/services/oss/client.h"
#include "coordinator/sources/transfer.h"

namespace millrace {

class ObjectSide final : public TransferSide {
  public:
    // `context` outlives this object.
    ObjectSide(const CallContext& context, OssReaderConfig reader)
        : context_(context), reader_(std::move(reader)), client_(context, reader_.address) {}

    Result<SourceFacts> connect() override;
    nlohmann::json describe() const override;

  protected:
    Result<std::vector<ListedItem>> list() override;

  private:
    Status find_objects();
    Status find_literal(const std::string& name);
    Status find_matches(const std::string& pattern);
    Result<std::vector<ShapeColumn>> columns();
    Result<std::vector<ShapeColumn>> columns_of_parquet();
    Result<size_t> count_fields(const oss::ObjectInfo& object);

    const CallContext& context_;
    const OssReaderConfig reader_;
    oss::Client client_;
    std::vector<oss::ObjectInfo> objects_;  // by name, after connect()
    size_t fields_ = 0;                     // of a row where all columns are wanted
};

}  // namespace millrace
