// The reader `oss` for csv and text: one object from where its item stands to its end.
#pragma once

#include "worker/source/objects/object_bytes.h"
#include "worker/source/objects/records.h"
#include "worker/source/objects/rows.h"
#include "worker/source/source.h"

namespace millrace {

struct ObjectSourceConfig {
    oss::ObjectStart object;
    int64_t ordered_us = 0;  // Change::ordered_us of every record
    CsvDialect dialect;
    bool skip_header = false;
    bool gzip = false;
    ObjectBytes::Options bytes;
};

// A record that makes no row is given out as unreadable, with its line.
class ObjectSource final : public Source {
  public:
    // `resume` = the position of the last checkpoint. `client` outlives this object.
    ObjectSource(oss::Client& client, std::stop_token stop, ObjectSourceConfig config,
                 FieldRows rows, const std::optional<oss::ObjectPosition>& resume);

    Result<bool> next(Change& change) override;
    uint64_t record_bytes() const override { return record_.raw.size(); }
    XXH128_hash_t record_hash() const override { return hash128(record_.raw); }
    std::string position() const override;
    ItemEnd end() const override { return {EndKind::kShardEnd, position()}; }

  private:
    Result<bool> next_record();
    void explain(const FieldRows::Problem& problem, Change& change);

    std::stop_token stop_;
    const ObjectSourceConfig config_;
    FieldRows rows_;
    oss::ObjectPosition place_;  // behind the record last returned; its CRC is not kept up
    std::optional<ObjectBytes> stored_;
    std::optional<GunzippedBytes> gunzipped_;
    std::optional<RecordStream> records_;  // none: nothing is read
    CsvRecord record_;
    std::string reason_;
};

}  // namespace millrace
