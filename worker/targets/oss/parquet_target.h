// The way of one item into OSS as Parquet objects.
#pragma once

#include <optional>

#include "common/codec/parquet/writer.h"
#include "common/config/oss_writer.h"
#include "worker/targets/oss/objects.h"
#include "worker/targets/target.h"

namespace millrace {

// A batch is a whole object: the end of a Parquet file needs all that stands before it, so work
// goes on at the borders of objects only. Its parts are uploaded while it grows. Nothing is visible
// before the coordinator completes the uploads. After a failure of send() or acknowledge() only
// begin() may be called.
class ParquetTarget final : public Target {
  public:
    // `client` outlives what is made.
    static Result<std::unique_ptr<ParquetTarget>> create(oss::Client& client,
                                                         const OssWriterConfig& config,
                                                         const parquet::Schema& schema,
                                                         const TimeZone& zone, ItemObjects objects);

    Status begin(const std::string& staging, const std::vector<Part>& parts) override;
    // kFull also after an upload failed: send() or acknowledge() says why.
    Append append(const Change& change) override;
    bool has_open_batch() const override { return open_.changes > 0 || owes_empty_object(); }
    // Only the last batch may be sent before append() said kFull.
    Status send(bool last) override;
    Result<Delivered> acknowledge() override;

  private:
    // One object.
    struct Batch {
        uint64_t changes = 0, rows = 0, bytes = 0;
        parquet::RowSum sum;
        uint32_t object = 0;
        std::vector<oss::StagedPart> parts;  // the last may be on its way
        std::string staging;                 // after the object
        bool full = false;
        Status failed;  // of one of its parts
    };

    ParquetTarget(oss::Client& client, const OssWriterConfig& config, ItemObjects objects)
        : client_(client), config_(config), objects_(std::move(objects)) {}

    bool owes_empty_object() const {
        return config_.generate_empty_file && objects_.open().object == 0 && !objects_.begun();
    }
    Status begin_file();
    Status write_out();
    // Uploads full parts of what is encoded; with `all` the rest too.
    Status send_parts(bool all);
    Status send_part(std::string_view bytes);
    // Waits for the part that is on its way.
    Status settle_part();
    bool is_full() const;

    oss::Client& client_;
    const OssWriterConfig config_;
    ItemObjects objects_;
    Buffer encoded_;  // of the open object, not in a part yet
    std::unique_ptr<parquet::Writer> writer_;
    bool in_file_ = false;
    Status failed_;  // of the open object, until begin()

    Batch open_;
    Batch sent_;
    Buffer part_;
    Batch* part_of_ = nullptr;  // whose part upload_ carries
    std::optional<oss::PartUpload> upload_;
};

}  // namespace millrace
