// Brings one batch into the index: looks up what is stored where that is needed, sends the bulk,
// judges every item, sends again what must be sent again.
#pragma once

#include <vector>

#include "common/net/call.h"
#include "common/services/elasticsearch/client.h"
#include "worker/targets/elasticsearch/batch.h"
#include "worker/targets/image.h"
#include "worker/targets/target.h"

namespace millrace::elasticsearch {

struct DeliveryOptions {
    std::string index;
    bool by_image = false;  // P12: every change is written as the row is now
    bool ignore_write_error = false;
    bool ignore_parse_error = true;
    bool propagate_deletes = false;
    ImageReader images;  // needed by image runs and by changes beyond 4095 in one microsecond
};

// One request in flight, one batch at a time; a document is never in two requests at once, so
// nothing of a key is overtaken. Used by one thread.
class Delivery {
  public:
    Delivery(const CallContext& context, Client& client, DeliveryOptions options)
        : context_(context), client_(client), options_(std::move(options)) {}

    // Sends `batch`, which stays unchanged until finish() has returned.
    Status start(const Batch& batch);
    // Waits until every change is in effect or refused; `refused` is ascending.
    Status finish(std::vector<Refused>& refused);

  private:
    // A document on its way.
    struct Item {
        Entry entry;
        bool by_image = false;
        bool found = false;   // it was stored when we looked
        uint64_t stored = 0;  // its version then
    };

    Status begin_round();
    void send_as_encoded();
    Status add_changes();
    Status add_partial(Item& item, const Found& found);
    Status add_images();
    void add_image(Item& item, const std::optional<ImageRow>& row);
    // Appends the action of `item`; the document line follows for kIndex.
    void add_action(const Item& item, Action action, uint64_t version);
    void add_as_encoded(const Item& item, uint32_t change);
    // What is stored of these items, read into `found_`.
    Status look_up(const std::vector<Item*>& items, bool with_source);

    Status finish_round();
    Status judge(const ItemError& error, Item& item);
    Status run_rounds();
    // Waits before `items_` are sent again, or gives them up.
    Status wait_before_next_round();
    Status give_up(const Status& why);
    void refuse(const Entry& entry, const std::string& reason, int column);
    int column_named(std::string_view field) const;

    const CallContext& context_;
    Client& client_;
    DeliveryOptions options_;

    const Batch* batch_ = nullptr;
    std::vector<Item> items_;  // to be sent, or to be sent again
    std::vector<Item> again_;
    std::vector<Entry> split_;       // refused with several changes: to be tried one by one
    std::vector<Action> actions_;    // of the request under way,
    std::vector<uint32_t> senders_;  // with the item of each
    Buffer request_;
    bool under_way_ = false;
    Folded folded_;
    std::vector<Item*> chosen_;  // for a look-up
    HttpAnswer answer_;          // of the look-up; `found_` views into it
    std::vector<Found> found_;
    std::vector<ItemError> errors_;
    std::vector<Refused> refused_;
    int rounds_ = 0;
    bool slowly_ = false;
    MonoTime began_;
    std::string last_problem_;
};

}  // namespace millrace::elasticsearch
