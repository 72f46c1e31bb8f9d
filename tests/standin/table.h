// One table: its meta data, rows and stream.
#pragma once

#include <memory>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "tablestore.pb.h"
#include "tests/standin/datum.h"
#include "tests/standin/stream.h"
#include "tests/standin/wire_rows.h"

namespace millrace::standin {

namespace wire = tablestore::wire;

// Changes that are computed instead of kept. They reach the rows when rows are first looked at.
class ChangeRun : public Segment {
  public:
    virtual RowChange change(uint64_t i) const = 0;
};

class Table {
  public:
    // Throws OtsError when the meta data are not what the service takes.
    Table(const wire::TableMeta& meta, const wire::TableOptions& options, int64_t created_us);

    // Every member below is guarded by this; handlers lock it, the members themselves do not.
    mutable std::shared_mutex mutex;

    const wire::TableMeta& meta() const { return meta_; }
    const std::string& name() const { return meta_.table_name(); }
    const std::vector<std::string>& key_names() const { return key_names_; }
    int64_t created_us() const { return created_us_; }
    const wire::TableOptions& options() const { return options_; }
    void set_options(const wire::TableOptions& changes);

    std::optional<Stream> stream;
    int64_t stream_enabled_us = 0;
    uint64_t streams_given = 0;

    // Rows, with every run of changes applied. Needs the lock alone, not shared.
    Rows& rows();
    // Such a run has been added to the stream; its rows follow when needed.
    void add_later(std::shared_ptr<const ChangeRun> run) { later_.push_back(std::move(run)); }
    bool all_applied() const { return later_.empty(); }

    // The key of a request in the table's order. Throws OTSInvalidPK.
    Key key_of(const std::vector<NamedDatum>& given, bool bounds_allowed) const;

    // Settles timestamps, increments and AUTO_INCREMENT, changes the row, and adds a record to the
    // stream when there is one.
    void write(RowChange& change, int64_t now_us, const Hostility& hostility);

  private:
    void settle(RowChange& change, int64_t now_us);

    wire::TableMeta meta_;
    wire::TableOptions options_;
    std::vector<std::string> key_names_;
    const int64_t created_us_;
    int64_t auto_increment_ = 0;
    Rows rows_;
    std::vector<std::shared_ptr<const ChangeRun>> later_;
};

}  // namespace millrace::standin
