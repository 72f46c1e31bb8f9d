// The opensearch writer: change records into documents of one table of an application.
#pragma once

#include <memory>

#include "common/config/opensearch_application.h"
#include "common/net/call.h"
#include "worker/targets/opensearch/delivery.h"

namespace millrace::opensearch {

struct WriterOptions {
    RecordShape source;
    bool changes = true;    // of a stream, where keys come again; else every record is another row
    bool by_image = false;  // P12: write rows as they are now instead of changes
    // Needed when by_image, and for partial changes where documents are written whole.
    ImageReader images;
};

// Row mode only. A batch is full at `batchSize` changes or `batchBytes` of their operations, and
// goes on through the millisecond of its last change; it is delivered in as many pushes as it
// needs, with one operation per document. Nothing has to be remembered between batches: timestamps
// decide what is newer, and where the edition has none the order of arrival does.
class Writer final : public Target {
  public:
    // kConfig when the settings cannot be right. `context` outlives the writer.
    static Result<std::unique_ptr<Writer>> create(const CallContext& context,
                                                  const OpenSearchWriterConfig& config,
                                                  WriterOptions options);

    // Asks what the application is. Where it does not tell, timestamps are sent unless switched
    // off.
    bool keyed() const override { return true; }
    Status begin(const std::string& staging, const std::vector<Part>& parts) override;
    Append append(const Change& change) override;
    bool belongs(const Change& change) const override;
    bool may_end_early(TimePoint source_now) const override;
    bool has_open_batch() const override { return !filling_->empty(); }
    Status send(bool last) override;
    Result<Delivered> acknowledge() override;

  private:
    Writer(const CallContext& context, const OpenSearchWriterConfig& config, Config address,
           WriterOptions options);

    OpenSearchWriterConfig config_;
    RecordShape source_;
    bool changes_;
    Layout layout_;
    Client client_;
    Delivery delivery_;
    // Swapped at send(): one is filled while the other is under way.
    Batch first_, second_;
    Batch* filling_ = &first_;
    Batch* sending_ = &second_;
};

}  // namespace millrace::opensearch
