// Documents of an index, as the writer makes them and as they are stored.
#pragma once

#include "common/services/elasticsearch/client.h"
#include "worker/targets/elasticsearch/batch.h"
#include "worker/verify/keyed.h"

namespace millrace {

class ElasticsearchRows final : public TargetRows {
  public:
    // `client` outlives it. kConfig when columns or key do not fit.
    static Result<std::unique_ptr<ElasticsearchRows>> create(
        elasticsearch::Client& client, const elasticsearch::WriterConfig& config,
        const RecordShape& source);

    std::string_view noun() const override { return "document"; }
    bool propagates_deletes() const override { return propagate_deletes_; }
    Result<bool> want(const Change& change, WantedRow& wanted) override;
    Result<std::vector<StoredRow>> get(std::span<const WantedRow* const> rows) override;
    // The same value may be spelled in another way.
    bool equal(const std::string& wanted, const std::string& stored) const override;

  private:
    ElasticsearchRows(elasticsearch::Client& client, const elasticsearch::WriterConfig& config,
                      elasticsearch::Layout layout);
    bool encode(const Change& change, FieldTexts& fields);
    Result<StoredRow> read(const elasticsearch::Found& found) const;

    elasticsearch::Client& client_;
    const std::string index_;
    const bool propagate_deletes_;
    elasticsearch::Layout layout_;
    Buffer text_;
};

}  // namespace millrace
