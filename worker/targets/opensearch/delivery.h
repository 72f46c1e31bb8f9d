// Brings one batch into the application: makes one operation per document, cuts them into pushes,
// sends them one after the other, and finds the documents that a refusal is about.
#pragma once

#include <vector>

#include "common/services/opensearch/client.h"
#include "worker/targets/image.h"
#include "worker/targets/opensearch/batch.h"
#include "worker/targets/target.h"

namespace millrace::opensearch {

struct DeliveryOptions {
    size_t push_documents = 300;
    size_t push_bytes = 2'000'000;
    size_t document_bytes = 1 << 20;
    bool by_image = false;  // P12: every change is written as the row is now
    // Documents are written whole: what a partial change leaves out is read from the source.
    bool whole_only = true;
    bool propagate_deletes = false;
    bool ignore_write_error = false;
    ImageReader images;  // needed by image runs and by partial changes that are written whole
};

// One request in flight, one batch at a time. Used by one thread.
class Delivery {
  public:
    Delivery(Client& client, DeliveryOptions options)
        : client_(client), options_(std::move(options)) {}

    // Sends the first push of `batch`, which stays unchanged until finish() has returned.
    Status start(const Batch& batch);
    // Waits until every change is received or refused; `refused` is ascending.
    Status finish(std::vector<Refused>& refused);

  private:
    // A document's operation, ready to be sent.
    struct Operation {
        const Entry* entry = nullptr;
        size_t begin = 0, end = 0;  // in `operations_bytes_`
        bool image = false;         // made of the row as it is now
    };
    // operations_[first, last)
    struct Range {
        size_t first = 0, last = 0;
        size_t size() const { return last - first; }
    };

    Status make_operations();
    void add_operation(const Entry& entry, bool image, size_t begin);
    Status add_images(const std::vector<const Entry*>& entries);
    void cut_pushes();
    void begin_push(Range range);
    // Judges the push that was sent; sends halves of it where one document is to be found.
    Status settle(Range range, const Status& outcome);
    Status split(Range range);
    bool may_stand_alone(const Entry& entry) const;
    Status send_changes_alone(const Entry& entry);
    Status not_taken(const Status& why) const;
    void refuse(const Entry& entry, const std::string& reason, int column, std::string content);
    void refuse(Range range, const std::string& reason);

    Client& client_;
    DeliveryOptions options_;
    const Batch* batch_ = nullptr;
    Buffer operations_bytes_;
    std::vector<Operation> operations_;
    std::vector<Range> pushes_;
    Buffer body_;  // of the push under way
    Folded folded_;
    std::vector<Refused> refused_;
    bool any_taken_ = false;  // a push of this delivery was ever received
};

}  // namespace millrace::opensearch
