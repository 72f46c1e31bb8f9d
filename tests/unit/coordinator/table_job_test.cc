// A whole table into csv, while processes die and the table changes.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/unit/support/one_process.h"

namespace millrace {
namespace {

using nlohmann::json;
using standin::Datum;

constexpr int64_t kRows = 3000;
constexpr size_t kPadding = 1400;

class TableJob : public OneProcess {
  protected:
    TableJob() {
        standin::wire::TableMeta meta;
        meta.set_table_name("t");
        for (const auto& [name, type] :
             {std::pair("k", standin::wire::INTEGER), std::pair("s", standin::wire::STRING)}) {
            auto& key = *meta.add_primary_key();
            key.set_name(name);
            key.set_type(type);
        }
        table_ = std::make_shared<standin::Table>(meta, standin::wire::TableOptions(),
                                                  server_clock_.now_us());
        database_.add(table_);
        for (int64_t row = 0; row < kRows; ++row) put(row, 0);
    }
    // Rows 0, 3, 6, … have key column s = "a", the others "b" and "c".
    void write(standin::Action action, int64_t row, std::vector<standin::CellChange> cells) {
        standin::RowChange change{
            action, {Datum::of(row / 3), Datum::of(std::string(1, "abc"[row % 3]))}, {}};
        change.cells = std::move(cells);
        const std::unique_lock lock(table_->mutex);
        table_->write(change, server_clock_.now_us(), database_.hostility());
    }
    static standin::CellChange cell(const std::string& name, std::string value) {
        standin::CellChange made;
        made.name = name;
        made.value = Datum::of(std::move(value));
        return made;
    }
    void put(int64_t row, int64_t state) {
        states_[row].insert(state);
        write(standin::Action::kPut, row,
              {cell("v", std::to_string(row) + ":" + std::to_string(state)),
               cell("w", std::string(kPadding, 'x'))});
    }
    void erase(int64_t row) { write(standin::Action::kDelete, row, {}); }

    JobSpec job(const std::string& object, const json& reader = json::object()) const {
        json parameter = at_ots();
        parameter["table"] = "t";
        parameter["column"] = {{{"name", "v"}}, {{"name", "s"}}, {{"name", "w"}}};
        parameter["range"] = {{"split", {{{"type", "INT"}, {"value", "500"}}}}};
        parameter.update(reader);
        return parsed({{"job",
                        {{"setting", {{"errorLimit", {{"record", 0}}}}},
                         {"content",
                          {{{"reader", {{"name", "otsreader"}, {"parameter", parameter}}},
                            {"writer", csv_writer(object)}}}}}}});
    }
    // The same pieces, from the last row to the first.
    static json backward() {
        return {{"range",
                 {{"begin", {{{"type", "INF_MAX"}}}},
                  {"end", {{{"type", "INF_MIN"}}}},
                  {"split", {{{"type", "INT"}, {"value", "500"}}}}}}};
    }
    // The first fields of the csv rows of all objects that the name begins.
    std::vector<std::string> rows_of(const JobSpec& job, const std::string& prefix) {
        std::vector<std::string> rows;
        for (const auto& [name, bytes] : bucket(job)) {
            if (!name.starts_with(prefix)) continue;
            for (size_t at = 0; at < bytes.size(); at = bytes.find('\n', at) + 1) {
                rows.push_back(bytes.substr(at, bytes.find(',', at) - at));
            }
        }
        return rows;
    }

    std::shared_ptr<standin::Table> table_;
    std::map<int64_t, std::set<int64_t>> states_;  // that a row ever had
};

TEST_F(TableJob, EveryRowIsCarriedAndASecondRunIsANewOne) {
    const JobSpec one = job("dir/t");
    const Status status = process(one);
    ASSERT_TRUE(status.ok()) << status.text();
    const auto objects = bucket(one);
    EXPECT_EQ(objects.size(), 2u) << "one per piece";
    std::set<std::string> wanted;
    for (int64_t row = 0; row < kRows; ++row) wanted.insert(std::to_string(row) + ":0");
    const auto rows = rows_of(one, "dir/t");
    EXPECT_EQ(std::set(rows.begin(), rows.end()), wanted);
    EXPECT_EQ(rows.size(), wanted.size());
    const json made = receipt();
    EXPECT_EQ(made.at("counts").at("read"), kRows);
    EXPECT_EQ(made.at("counts").at("put"), kRows);
    EXPECT_EQ(made.at("counts").at("acknowledged"), kRows);
    for (const json& object : made.at("objects")) EXPECT_GE(object.at("parts"), 20);
    clock_.advance(std::chrono::hours(1));
    put(7, 1);
    const RunId first = last_;
    ASSERT_TRUE(process(one).ok());
    EXPECT_NE(last_, first);
    const auto again = rows_of(one, "dir/t");
    EXPECT_EQ(again.size(), rows.size()) << "truncate leaves the new export only";
    EXPECT_EQ(std::count(again.begin(), again.end(), "7:1"), 1);
}

TEST_F(TableJob, WhateverDiesATableThatRestsIsTheSame) {
    const JobSpec calm = job("calm/t");
    ASSERT_TRUE(process(calm).ok());
    const json wanted = receipt();
    const auto rows = rows_of(calm, "calm/");
    for (uint64_t seed = 1; seed <= 3; ++seed) {
        SCOPED_TRACE(seed);
        const std::string name = "stormy" + std::to_string(seed) + "/t";
        run_through_deaths(job(name), false, seed);
        for (const char* part : {"counts", "sums"}) EXPECT_EQ(receipt().at(part), wanted.at(part));
        EXPECT_EQ(rows_of(calm, name), rows);
    }
}

// A row that is left alone is in the target exactly once; one that changes at most once, as it was
// at some time.
TEST_F(TableJob, WhateverDiesARowThatRestsIsThereOnce) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937_64 random(seed);
        const std::string name = "restless" + std::to_string(seed) + "/t";
        const JobSpec one = job(name, seed % 2 ? json::object() : backward());
        int64_t state = static_cast<int64_t>(seed) * 1'000'000;
        int deaths = 0;
        run_through_deaths(one, false, seed, [&] {
            ++deaths;
            for (int i = 0; i < 300; ++i) {
                const auto row = static_cast<int64_t>(random() % (kRows / 4)) * 4;
                if (random() % 2) {
                    erase(row);
                } else {
                    put(row, ++state);
                }
            }
        });
        EXPECT_GT(deaths, 3);
        std::map<int64_t, int> seen;
        for (const std::string& text : rows_of(one, name)) {
            const int64_t row = std::stoll(text);
            ++seen[row];
            EXPECT_TRUE(states_[row].contains(std::stoll(text.substr(text.find(':') + 1)))) << text;
        }
        for (int64_t row = 0; row < kRows; ++row) {
            if (row % 4 == 0) {
                EXPECT_LE(seen[row], 1) << row;
            } else {
                EXPECT_EQ(seen[row], 1) << row;
            }
        }
    }
}

// The columns that `"column": []` finds are those of all objects of a run: when a rerun finds
// others, everything is read again.
TEST_F(TableJob, ColumnsFoundAnewBeginTheRunAnew) {
    const JobSpec one = job("found/t", {{"column", json::array()}});
    crash_.after(60);
    ASSERT_FALSE(process(one).ok());
    crash_.never();
    ASSERT_TRUE(store_.void_claims().ok());
    write(standin::Action::kUpdate, 1, {cell("new", "n")});
    const Status status = process(one);
    ASSERT_TRUE(status.ok()) << status.text();
    EXPECT_EQ(receipt().at("notes").size(), 1u) << receipt().at("notes");
    std::set<size_t> widths;
    size_t rows = 0;
    for (const auto& [name, bytes] : bucket(one)) {
        for (size_t at = 0; at < bytes.size();) {
            const size_t end = bytes.find('\n', at);
            widths.insert(
                static_cast<size_t>(std::count(bytes.begin() + static_cast<long>(at),
                                               bytes.begin() + static_cast<long>(end), ',')));
            at = end + 1;
            ++rows;
        }
    }
    EXPECT_EQ(widths, std::set<size_t>{4}) << "k, s, new, v, w";
    EXPECT_EQ(rows, static_cast<size_t>(kRows));
}

// A column that shows up behind the rows that were looked at is dirty: never lost in silence.
TEST_F(TableJob, AColumnThatWasNotFoundFailsTheRun) {
    write(standin::Action::kUpdate, 2000, {cell("late", "n")});
    const JobSpec one = job("late/t", {{"column", json::array()}});
    const Status status = process(one);
    EXPECT_EQ(status.code(), Code::kDirtyRecord) << status.text();
    oss::Client client(context_, read_oss_writer(one.writer)->address);
    EXPECT_EQ(client.list_objects("late/")->size(), 0u) << "nothing is visible";
    const auto lines = files_.read("/state/quarantine/" + last_.text() + ".jsonl");
    ASSERT_TRUE(lines.ok());
    EXPECT_NE(lines->find("column \\\"late\\\""), std::string::npos) << *lines;
}

}  // namespace
}  // namespace millrace
