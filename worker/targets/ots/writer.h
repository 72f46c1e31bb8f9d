// The ots writer: change records into rows of a Tablestore table.
#pragma once

#include <memory>

#include "common/config/ots_key.h"
#include "worker/targets/ots/delivery.h"

namespace millrace::ots {

struct WriterOptions {
    RecordShape source;
    bool from_stream = false;  // else every record is a row of its own, whatever its key
    TimeZone zone;             // in which times become texts
    // P12: set to write rows as they are now instead of changes; stream sources only.
    ImageReader images;
};

// A batch is cut at `batch_rows` different keys or about `batch_bytes`. Nothing has to be
// remembered between batches: what a crash repeats are the same rows in the same order.
class Writer final : public Target {
  public:
    // `config` has the types of the key columns. kConfig when keys do not fit. `context` outlives
    // the writer.
    static Result<std::unique_ptr<Writer>> create(const CallContext& context,
                                                  const TableWriterConfig& config,
                                                  WriterOptions options);

    bool keyed() const override { return true; }
    Status begin(const std::string& staging, const std::vector<Part>& parts) override;
    Append append(const Change& change) override;
    bool has_open_batch() const override { return !filling_->empty(); }
    Status send(bool last) override;
    Result<Delivered> acknowledge() override;

  private:
    Writer(const CallContext& context, Layout layout, ImageReader images);

    const TableWriterConfig config_;
    tablestore::Client client_;
    RowEncoder encoder_;
    Delivery delivery_;
    // Swapped at send(): one is filled while the other is under way.
    Batch first_, second_;
    Batch* filling_ = &first_;
    Batch* sending_ = &second_;
};

}  // namespace millrace::ots
