// The items of a stream job: which source and which target a claimed item gets.
#pragma once

#include "common/config/job_spec.h"
#include "common/config/otsstream_reader.h"
#include "common/services/oss/names.h"
#include "worker/slot/slot.h"
#include "worker/source/stream/reader.h"
#include "worker/window/run.h"

namespace millrace {

// What all items of an instance have in common.
struct StreamJob {
    JobSpec job;
    StreamReaderConfig reader;
    std::vector<std::string> key_names;  // of the source table
    StreamId stream;
    InstanceView instance;
    // Go on behind what the stream has forgotten, also where an item was added without it.
    bool accept_loss = false;
};

// Outlives its slots. Thread-safe.
class StreamJobRunner final : public ItemRunner {
  public:
    StreamJobRunner(StreamJob job, StateStore& store, FileSystem& files, Clock& clock,
                    const std::string& state_folder);

    bool takes(const RunId& run) const override { return run == job_.instance.run; }
    Status run(const Claimed& claimed, const CallContext& context) override;
    void control(const RunControl& control) override { limits_.set(control); }

    const Meter& meter() const { return meter_; }
    const Quarantine& quarantine() const { return quarantine_; }

  private:
    Result<std::unique_ptr<Source>> make_source(const Claimed& claimed, tablestore::Client& client,
                                                const CallContext& context);
    Status run_into_oss(const Claimed& claimed, const CallContext& context, Source& source);
    Status run_into_elasticsearch(const Claimed& claimed, const CallContext& context,
                                  tablestore::Client& client, Source& source);
    Status run_window(const Claimed& claimed, const CallContext& context, Source& source,
                      Target& target);

    const StreamJob job_;
    StateStore& store_;
    Clock& clock_;
    Limits limits_;
    Quarantine quarantine_;
    Meter meter_;
};

// How the objects of an instance are named.
oss::Naming naming_of(const std::string& object, const std::string& suffix,
                      const InstanceView& instance);

}  // namespace millrace
