// A whole Tablestore table, or a range of it.
#pragma once

#include "common/config/ots_reader.h"
#include "common/services/tablestore/client.h"
#include "common/services/tablestore/key_range.h"
#include "common/services/tablestore/table_shape.h"
#include "coordinator/sources/transfer.h"

namespace millrace {

class TableSide final : public TransferSide {
  public:
    // `context` outlives this object. `concurrent` = how many items run at a time.
    TableSide(const CallContext& context, TableReaderConfig reader, int concurrent)
        : context_(context),
          reader_(std::move(reader)),
          concurrent_(static_cast<size_t>(std::max(1, concurrent))),
          client_(context, reader_.address) {}

    Result<SourceFacts> connect() override;
    nlohmann::json describe() const override;

  protected:
    // Pieces of the range: cut at the script's points, else by the service's proposals, so that
    // there is work for all slots.
    Result<std::vector<ListedItem>> list() override;

  private:
    Result<std::vector<ShapeColumn>> columns(const tablestore::TableShape& table);
    Result<std::vector<ShapeColumn>> find_columns(const tablestore::TableShape& table);
    Status check_versions(const tablestore::TableShape& table) const;
    Result<std::vector<tablestore::KeyRange>> cut();
    Result<std::vector<tablestore::KeyRange>> cut_by_size(int64_t bytes);

    const CallContext& context_;
    const TableReaderConfig reader_;
    const size_t concurrent_;
    tablestore::Client client_;
    std::vector<ShapeColumn> key_;
    tablestore::KeyRange range_;
};

}  // namespace millrace
