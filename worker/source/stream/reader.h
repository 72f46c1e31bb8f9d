// The reader `otsstream`: one shard of a stream from its start to the window's end.
#pragma once

#include "common/base/clock.h"
#include "common/services/tablestore/client.h"
#include "common/services/tablestore/stream.h"
#include "common/stream/position.h"
#include "worker/source/record_hash.h"
#include "worker/source/source.h"
#include "worker/source/stream/rows.h"

namespace millrace {

struct StreamSourceConfig {
    StreamId stream;
    ShardId shard;
    Window window;
    RowShape rows;
    // An open shard that says nothing ends the item when the source's clock is this far behind the
    // window's end (P3).
    Duration close_skew = std::chrono::seconds(60);
    Duration idle_pause_first = std::chrono::milliseconds(50);
    Duration idle_pause_max = std::chrono::seconds(1);
    int corrupt_retries_max = 30;
};

// One page is fetched while the one before is worked off.
class StreamSource final : public Source {
  public:
    // `resume` = the position of the last checkpoint; without it the item begins at its start.
    StreamSource(tablestore::Client& client, Clock& clock, std::stop_token stop,
                 StreamSourceConfig config, ItemStart start, std::optional<Position> resume);

    Result<bool> next(Change& change) override;
    uint64_t record_bytes() const override { return record_.size(); }
    XXH128_hash_t record_hash() const override;
    std::string position() const override;
    ItemEnd end() const override;
    void on_idle(Idle idle) override { idle_ = std::move(idle); }

  private:
    enum class Verdict { kTake, kSkip, kEnd };

    Status open(const ShardPlace& place);
    Result<bool> next_page();
    Result<bool> on_empty_page();
    Status on_fetch_failed(const Status& status);
    Status step_over_known();
    Verdict judge(const Sequence& sequence);
    Status decode(const tablestore::StreamRecordView& view);
    Status on_corrupt(const Status& status);
    Result<bool> on_missing();
    void advance(const Sequence& sequence);
    void order(const Sequence& sequence, Change& change);
    void end_here(EndKind kind);
    Result<int64_t> oldest_time();
    void note_loss_end(const Sequence& sequence);

    tablestore::Client& client_;
    Clock& clock_;
    std::stop_token stop_;
    StreamSourceConfig config_;
    ItemStart start_;
    RowShaper shaper_;
    tablestore::StreamFetch fetch_;
    bool fetching_ = false;

    tablestore::StreamPage page_;
    tablestore::StreamPage spare_;  // the page before: its memory is used for the one after
    bool has_page_ = false;
    std::string page_iterator_;  // that page_ was asked for with
    size_t index_ = 0;           // of the next record in page_
    uint64_t known_left_ = 0;    // records to step over: they lie before the place we began at
    ShardPlace place_;           // before the next record
    std::optional<ShardPlace> began_;
    std::vector<Loss> losses_;
    bool loss_open_ = false;  // the end of the last loss is the next record
    bool skip_to_window_;
    bool opened_ = false;
    std::optional<ItemEnd> end_;
    Idle idle_;
    Duration idle_pause_{0};
    int corrupt_retries_ = 0;

    plainbuffer::Row row_;
    std::string_view record_;
    ChangeKind kind_ = ChangeKind::kPut;
    mutable RecordHash hash_;
};

}  // namespace millrace
