// Partitions of MaxCompute into csv, while processes die and sessions end.
#include <gtest/gtest.h>

#include "common/services/maxcompute/client.h"
#include "common/services/maxcompute/record_writer.h"
#include "tests/standin/odps_service.h"
#include "tests/unit/support/one_process.h"

namespace millrace {
namespace {

using nlohmann::json;

constexpr uint64_t kRows = 900;  // of each partition

class OdpsJob : public OneProcess {
  protected:
    OdpsJob() {
        sql("create table t (id bigint, name string, filling string) partitioned by (pt string)");
        for (const char* pt : {"1", "2"}) fill({"t", {{"pt", pt}}});
    }
    void sql(const std::string& text) {
        maxcompute::Client client(context_, odps_config());
        const auto done = client.run_sql(text);
        ASSERT_TRUE(done.ok()) << done.status().text();
    }
    void fill(const maxcompute::Place& place) {
        maxcompute::Client client(context_, odps_config());
        ASSERT_TRUE(client.create_partition(place).ok());
        const auto session = client.create_upload(place, {});
        Buffer bytes;
        maxcompute::RecordWriter writer(bytes);
        for (uint64_t row = 0; row < kRows; ++row) {
            writer.begin_record();
            writer.put_integer(1, static_cast<int64_t>(row));
            if (row % 3) writer.put_bytes(2, "name" + std::to_string(row));
            writer.put_bytes(3, std::string(1400, 'x'));
            writer.end_record();
        }
        writer.end_stream();
        ASSERT_TRUE(client.put_block(place, session->id, 0, bytes.view()).ok());
        ASSERT_TRUE(client.commit_upload(place, session->id).ok());
    }
    JobSpec job(const std::string& object) const {
        json parameter = at_odps();
        parameter.update({{"table", "t"},
                          {"partition", {"pt=*"}},
                          {"column", {"id", "pt", "name", "filling"}},
                          {"sliceRows", 400}});
        return parsed({{"name", "odpsreader"}, {"parameter", parameter}}, csv_writer(object));
    }
    // Without the fillings.
    std::vector<std::string> rows_of(const JobSpec& job, const std::string& prefix) {
        std::vector<std::string> rows;
        for (const auto& [name, bytes] : bucket(job)) {
            if (!name.starts_with(prefix)) continue;
            for (size_t at = 0; at < bytes.size(); at = bytes.find('\n', at) + 1) {
                rows.push_back(bytes.substr(at, bytes.find(",x", at) - at));
            }
        }
        return rows;
    }
    static std::vector<std::string> expected() {
        std::vector<std::string> rows;
        for (const char* pt : {"1", "2"}) {
            for (uint64_t row = 0; row < kRows; ++row) {
                const std::string id = std::to_string(row);
                rows.push_back(id + "," + pt + "," + (row % 3 ? "name" + id : "null"));
            }
        }
        return rows;
    }
    void end_downloads(const std::string& how) {
        json answer;
        odps_->administer("POST /odps/sessions", {{"downloads", how}}, answer);
    }
};

TEST_F(OdpsJob, WhateverDiesEveryRowIsThereOnce) {
    const JobSpec calm = job("calm/t");
    const Status status = process(calm);
    ASSERT_TRUE(status.ok()) << status.text();
    EXPECT_EQ(bucket(calm).size(), 6u) << "one per slice";
    std::vector<std::string> wanted = expected();
    std::sort(wanted.begin(), wanted.end());
    std::vector<std::string> rows = rows_of(calm, "calm/t");
    std::sort(rows.begin(), rows.end());
    ASSERT_EQ(rows, wanted);
    const json made = receipt();
    EXPECT_EQ(made.at("counts").at("read"), 2 * kRows);
    for (uint64_t seed = 1; seed <= 12; ++seed) {
        SCOPED_TRACE(seed);
        const std::string name = "stormy" + std::to_string(seed) + "/t";
        const JobSpec stormy = job(name);
        int deaths = 0;
        run_through_deaths(stormy, false, seed, [&] {
            if (++deaths % 4 == 0) end_downloads(deaths % 8 == 0 ? "gone" : "expired");
        });
        EXPECT_GT(deaths, 0);
        rows = rows_of(stormy, name);
        std::sort(rows.begin(), rows.end());
        EXPECT_EQ(rows, wanted);
        for (const char* part : {"counts", "sums"}) EXPECT_EQ(receipt().at(part), made.at(part));
    }
}

}  // namespace
}  // namespace millrace
