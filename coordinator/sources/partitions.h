// A MaxCompute table: the partitions that are asked for, in slices of rows.
#pragma once

#include "common/config/odps_reader.h"
#include "common/services/maxcompute/client.h"
#include "coordinator/sources/transfer.h"

namespace millrace {

class PartitionSide final : public TransferSide {
  public:
    // `context` outlives this object.
    PartitionSide(const CallContext& context, OdpsReaderConfig reader, maxcompute::Config address)
        : context_(context), reader_(std::move(reader)), client_(context, std::move(address)) {}

    Result<SourceFacts> connect() override;
    nlohmann::json describe() const override;

  protected:
    // Begins a download session of each partition: the rows that all items of the run read.
    Result<std::vector<ListedItem>> list() override;

  private:
    Result<std::vector<ShapeColumn>> columns(const maxcompute::Table& table) const;
    Status find_partitions(const maxcompute::Table& table);
    Status add_matches(const OdpsPartition& pattern, std::span<const OdpsPartition> listed);
    Status slice(const OdpsPartition& partition, std::vector<ListedItem>& items);

    const CallContext& context_;
    const OdpsReaderConfig reader_;
    maxcompute::Client client_;
    std::vector<OdpsPartition> partitions_;  // after connect(); an empty one = the whole table
};

}  // namespace millrace
