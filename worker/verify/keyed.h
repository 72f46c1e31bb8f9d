// Rows of a target that has keys against what the source says of them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "worker/targets/image.h"
#include "worker/verify/source_again.h"

namespace millrace {

// A column's value as the target holds it, as text that equals only itself; "" = null or not there.
// Nothing: the change says nothing about the column.
using FieldTexts = std::vector<std::optional<std::string>>;

// What the changes of one key leave.
struct WantedRow {
    std::string id;     // of the target
    std::string shown;  // names it to people: its key, never contents
    ChangeKind last = ChangeKind::kPut;
    bool whole = false;  // all columns are known
    // A row was put, or a value: it is there. Updates that only delete make none.
    bool certain = false;
    uint64_t version = 0;
    FieldTexts fields;       // of a delete: nothing
    std::string source_key;  // packed; for reading the row as it is now

    // `next` is the next change of the key.
    void fold(WantedRow next);
};

struct StoredRow {
    bool found = false;
    std::optional<uint64_t> version;  // where the target keeps the change's
    FieldTexts fields;
};

// The target's side.
class TargetRows {
  public:
    virtual ~TargetRows() = default;
    // "document", "row"
    virtual std::string_view noun() const = 0;
    virtual bool propagates_deletes() const = 0;
    // Its writer reads rows as they are now in runs in order too.
    virtual bool reads_images() const { return false; }
    // Updates that only delete make no row of this target.
    virtual bool updates_may_make_none() const { return false; }
    // Replaces `wanted` by what the writer makes of a change; false: it writes nothing of it.
    virtual Result<bool> want(const Change& change, WantedRow& wanted) = 0;
    // What the target holds of these keys, in their order.
    virtual Result<std::vector<StoredRow>> get(std::span<const WantedRow* const> rows) = 0;
    virtual bool equal(const std::string& wanted, const std::string& stored) const {
        return wanted == stored;
    }
};

// A keyed target's job, and the rows of its source as they are now.
class KeyedJob {
  public:
    // Nothing when the source is gone: `made` says so.
    static Result<std::unique_ptr<KeyedJob>> create(const VerifyRequest& request,
                                                    Verification& made);
    const Job& job() const { return job_; }
    const ImageReader& images() const { return images_; }

  private:
    explicit KeyedJob(Job job) : job_(std::move(job)) {}
    Job job_;
    Claimed nothing_;
    Belongings own_;
    ImageReader images_;
};

struct KeyedCheck {
    const KeyedJob& source;
    TargetRows& rows;
    // Told every row that the source gives, before it is compared.
    std::function<void(const WantedRow&)> seen = {};
};

// Fills `made` with what it finds.
Status verify_keyed(const VerifyRequest& request, const KeyedCheck& check, Verification& made);

}  // namespace millrace
