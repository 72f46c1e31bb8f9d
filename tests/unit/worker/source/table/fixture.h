// A table of the stand-in cloud and a source that reads it.
#pragma once

#include <gtest/gtest.h>

#include "common/codec/plainbuffer/writer.h"
#include "tests/unit/support/table_cloud.h"
#include "tests/unit/support/value_text.h"
#include "worker/source/table/reader.h"

namespace millrace {
using plainbuffer::KeyValue;
using standin::Datum;

inline Datum str(std::string text) {
    return Datum::of(std::move(text));
}

class TableSourceTest : public ::testing::Test {
  protected:
    void use(const std::string& table, const std::vector<std::string>& key,
             const std::vector<std::string>& columns) {
        config_.table = table;
        config_.shard = ShardId("range 0001 of 0001");
        config_.rows.key_names = key;
        config_.rows.columns.clear();
        for (const std::string& column : columns) config_.rows.columns.push_back({column, {}});
        config_.range = {bounds(KeyValue::inf_min()), bounds(KeyValue::inf_max()), true};
        config_.ordered_us = 77;
        config_.corrupt_retries_max = 3;
    }
    std::string bounds(const KeyValue& value) const {
        std::vector<plainbuffer::KeyCell> cells;
        for (const std::string& name : config_.rows.key_names) cells.push_back({name, value});
        return plainbuffer::encode_key(cells);
    }
    std::unique_ptr<TableSource> open(std::optional<tablestore::RangePosition> resume = {}) {
        return std::make_unique<TableSource>(client_, cloud_.clock, stop_.get_token(), config_,
                                             std::move(resume));
    }
    // All rows of all changes as text; the source's status at the end in status_.
    std::vector<std::string> read(TableSource& source) {
        std::vector<std::string> seen;
        Change change;
        for (;;) {
            const Result<bool> more = source.next(change);
            status_ = more.status();
            if (!more.ok() || !*more) return seen;
            EXPECT_EQ(change.kind, ChangeKind::kPut);
            EXPECT_EQ(change.ordered_us, 77);
            if (!change.unreadable.empty()) {
                seen.push_back("dirty: " + std::string(change.unreadable));
                continue;
            }
            for (size_t i = 0; i < change.rows; ++i) seen.push_back(text_of(change.row(i)));
        }
    }
    std::vector<std::string> read_all() {
        auto source = open();
        auto seen = read(*source);
        EXPECT_TRUE(status_.ok()) << status_.text();
        return seen;
    }

    test::TableCloud cloud_;
    tablestore::Client client_ = cloud_.client();
    TableSourceConfig config_;
    std::stop_source stop_;
    Status status_;
};

}  // namespace millrace
