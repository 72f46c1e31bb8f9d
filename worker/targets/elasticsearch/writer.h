// The elasticsearch writer: change records into documents of one index.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/config/elasticsearch_writer.h"
#include "common/net/call.h"
#include "common/services/elasticsearch/client.h"
#include "worker/targets/elasticsearch/batch.h"
#include "worker/targets/elasticsearch/delivery.h"
#include "worker/targets/image.h"
#include "worker/targets/target.h"

namespace millrace::elasticsearch {

// The two sides of a job, as the writer needs them.
struct SourceShape {
    std::vector<std::string> key_names;  // of the table, in its order
    // Names of the reader's columns; the writer's columns stand beside them one by one.
    std::vector<std::string> columns;
};

struct WriterOptions {
    SourceShape source;
    // P12: write rows as they are now instead of changes.
    bool by_image = false;
    // Needed when by_image, and for rows of which more than 4095 changes fall into one microsecond.
    ImageReader images;
};

// Row mode only. A batch is cut at `batchSize` changes or 4 MiB of encoded lines. Nothing has to be
// remembered between batches: what a crash repeats is recognised by its versions.
class Writer final : public Target {
  public:
    // kConfig when columns or key do not fit. `context` outlives the writer.
    static Result<std::unique_ptr<Writer>> create(const CallContext& context,
                                                  const WriterConfig& config,
                                                  WriterOptions options);

    bool keyed() const override { return true; }
    Status begin(const std::string& staging, const std::vector<Part>& parts) override;
    Append append(const Change& change) override;
    bool has_open_batch() const override { return !filling_->empty(); }
    Status send(bool last) override;
    Result<Delivered> acknowledge() override;

  private:
    Writer(const CallContext& context, const WriterConfig& config, WriterOptions options,
           Layout layout);

    Layout layout_;
    size_t batch_changes_;
    bool propagate_deletes_;
    Client client_;
    Delivery delivery_;
    // Swapped at send(): one is filled while the other is under way.
    Batch first_, second_;
    Batch* filling_ = &first_;
    Batch* sending_ = &second_;
};

}  // namespace millrace::elasticsearch
