// Brings one batch into the table: sends, judges every row, sends again what must be sent again.
#pragma once

#include <set>
#include <vector>

#include "common/services/tablestore/batch_write.h"
#include "worker/targets/image.h"
#include "worker/targets/ots/fold.h"
#include "worker/targets/target.h"

namespace millrace::ots {

struct DeliveryOptions {
    std::string table;
    bool propagate_deletes = false;
    // Set in runs by image (P12): every change is written as the row is now.
    ImageReader images;
};

// One request in flight, one batch at a time; a key is never in two requests at once, so nothing of
// it is overtaken. Used by one thread.
class Delivery {
  public:
    Delivery(const CallContext& context, tablestore::Client& client, DeliveryOptions options)
        : context_(context), client_(client), options_(std::move(options)), write_(client) {}

    // Sends `batch`, which stays unchanged until finish() has returned.
    Status start(const Batch& batch);
    // Waits until every change is in effect or refused; `refused` is ascending.
    Status finish(std::vector<Refused>& refused);

  private:
    // A key on its way.
    struct Item {
        uint32_t entry = 0;
        uint32_t first = 0;  // piece that is written next
        bool alone = false;  // piece by piece, because several together were refused
    };
    struct Sent {
        Item item;
        uint32_t until = Piece::kNone;
        bool several = false;
    };

    Status begin_request();
    Status read_images(const std::vector<Item>& group);
    Result<bool> make_row(size_t index, Sent& sent);
    Result<bool> make_image(const std::optional<ImageRow>& image, const Sent& sent);
    Status finish_request();
    Status judge_rows(const tablestore::wire::BatchWriteRowResponse& answer);
    Status judge(const tablestore::wire::Error& error, const Sent& sent, std::vector<Item>& next);
    void refuse_or_part(const Sent& sent, const std::string& code, int column,
                        std::vector<Item>& next);
    void halve(const Status& why);
    void refuse(const Sent& sent, const std::string& reason, int column);
    Status wait_before_next_round();
    int column_named(const std::string& message) const;

    const CallContext& context_;
    tablestore::Client& client_;
    const DeliveryOptions options_;
    tablestore::BatchWrite write_;

    const Batch* batch_ = nullptr;
    std::vector<std::vector<Item>> groups_;        // to be sent; the last one next
    std::vector<Item> again_;                      // to be sent after a pause
    std::vector<std::optional<ImageRow>> images_;  // of the group that becomes a request
    std::vector<Sent> sent_;                       // the rows of the request under way
    size_t request_bytes_ = 0;
    bool under_way_ = false;
    Folded folded_;
    std::vector<Refused> refused_;
    std::set<uint32_t> refused_changes_;
    int rounds_ = 0;
    MonoTime began_;
    std::string last_problem_;
};

}  // namespace millrace::ots
