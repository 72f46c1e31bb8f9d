#include "worker/window/quarantine_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "common/base/fakes/memory_file_system.h"
#include "common/base/random.h"
#include "worker/window/quarantine.h"

namespace millrace {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kPath = "/state/quarantine/run1.jsonl";

class QuarantineTest : public ::testing::Test {
  protected:
    QuarantineTest() {
        change_.kind = ChangeKind::kUpdate;
        change_.key = key_;
        change_.values = values_;
        change_.rows = 2;
        change_.width = 4;
    }
    DirtyRow row(uint32_t index, size_t row = 0) {
        change_.sequence = {1, 1'700'000'000'000'000, index};
        return {ShardId("shard"), &change_, row, "the field wants a date", 2};
    }
    // As a process that begins: it knows nothing of the file.
    struct Process {
        explicit Process(FileSystem& files, const std::string& state = "/state")
            : folder(files, state) {}
        QuarantineFolder folder;
        Quarantine lines{folder, RunId("run1"), {"a", "b", "c", "d"}, {"id"}};
    };
    static Status add(const Process& to, const std::vector<DirtyRow>& rows) {
        std::vector<std::string> lines;
        for (const DirtyRow& row : rows) lines.push_back(to.lines.line_of(row));
        return to.lines.add_lines(ShardId("shard"), lines);
    }
    std::vector<QuarantineLine> read() { return *read_quarantine(files_, kPath); }

    const std::vector<Value> key_ = {Value::of_integer(7)};
    const std::vector<Value> values_ = {Value::of_string("text"),
                                        Value::null(),
                                        Value(),
                                        Value::of_boolean(true),
                                        Value::of_string("\xff"),
                                        Value::of_binary("\x01\x02"),
                                        Value::of_real(std::numeric_limits<double>::infinity()),
                                        Value::of_real(0.5)};
    Change change_;
    MemoryFileSystem files_;
};

TEST_F(QuarantineTest, ALineSaysWhichRecordWhyAndWhatItHolds) {
    const Process to(files_);
    ASSERT_TRUE(add(to, {row(5), row(5, 1)}).ok());
    EXPECT_EQ(quarantine_path("/state", RunId("run1")), kPath);
    const auto lines = read();
    ASSERT_THAT(lines, SizeIs(2));
    EXPECT_EQ(lines[0].shard, ShardId("shard"));
    EXPECT_EQ(lines[0].sequence, (Sequence{1, 1'700'000'000'000'000, 5}));
    EXPECT_EQ(lines[0].reason, "the field wants a date");
    EXPECT_EQ(lines[0].column, 2);
    EXPECT_EQ(lines[0].column_name, "c");
    EXPECT_EQ(lines[1].row, 1U);
    EXPECT_EQ(
        lines[0].json,
        R"({"v":1,"run":"run1","shard":"shard","sequence":[1,1700000000000000,5],"row":0,)"
        R"("reason":"the field wants a date","position":2,"column":"c","kind":"update",)"
        R"("key":[{"position":0,"column":"id","value":7}],"values":[)"
        R"({"position":0,"column":"a","value":"text"},{"position":1,"column":"b","value":null},)"
        R"({"position":2,"column":"c","absent":true},{"position":3,"column":"d","value":true}]})");
    EXPECT_THAT(lines[1].json, HasSubstr(R"("value":{"base64":"/w=="}},)"));
    EXPECT_THAT(lines[1].json, HasSubstr(R"("value":{"base64":"AQI="}},)"));
    EXPECT_THAT(lines[1].json, HasSubstr(R"("value":"Infinity"},)"));
    EXPECT_THAT(lines[1].json, HasSubstr(R"("value":0.5})"));
}

TEST_F(QuarantineTest, ARowWithoutValuesAndWithoutAColumnIsKept) {
    const Process to(files_);
    DirtyRow one = row(1);
    change_.rows = 0;
    change_.kind = ChangeKind::kDelete;
    one.column = -1;
    ASSERT_TRUE(add(to, {one}).ok());
    EXPECT_EQ(read()[0].column, -1);
    EXPECT_EQ(read()[0].column_name, "");
    EXPECT_THAT(read()[0].json, HasSubstr(R"("kind":"delete")"));
}

TEST_F(QuarantineTest, RepeatedLinesOfACrashAreDropped) {
    {
        const Process to(files_);
        ASSERT_TRUE(add(to, {row(1), row(1, 1)}).ok());
        ASSERT_TRUE(add(to, {row(2)}).ok());
    }
    const Process to(files_);
    ASSERT_TRUE(add(to, {row(1), row(1, 1)}).ok());
    ASSERT_TRUE(add(to, {row(3)}).ok());
    const auto lines = read();
    ASSERT_THAT(lines, SizeIs(4));
    EXPECT_EQ(lines[3].sequence.row_index, 3U);
}

TEST_F(QuarantineTest, HalfALineSpoilsNoOther) {
    {
        const Process to(files_);
        ASSERT_TRUE(add(to, {row(1)}).ok());
    }
    ASSERT_TRUE(files_.append(kPath, R"({"v":1,"run":"run1","shard":"sh)").ok());
    EXPECT_THAT(read(), SizeIs(1));
    const Process to(files_);
    ASSERT_TRUE(add(to, {row(2)}).ok());
    EXPECT_THAT(read(), SizeIs(2));
}

TEST_F(QuarantineTest, AFullDiskIsAnErrorAndTheNextLineIsWhole) {
    const Process to(files_);
    ASSERT_TRUE(add(to, {row(1)}).ok());
    files_.set_bytes_max(files_.read(kPath)->size() + 20);
    const Status status = add(to, {row(2)});
    EXPECT_EQ(status.service_code(), "ENOSPC");
    EXPECT_THAT(status.text(), HasSubstr("/state/quarantine/run1.jsonl"));
    EXPECT_THAT(read(), SizeIs(1));
    files_.set_bytes_max(1 << 20);
    ASSERT_TRUE(add(to, {row(2)}).ok());
    EXPECT_THAT(read(), SizeIs(2));
}

TEST_F(QuarantineTest, NoDirtyRecordMeansNoFile) {
    const Process to(files_);
    ASSERT_TRUE(add(to, {}).ok());
    EXPECT_THAT(read(), IsEmpty());
    EXPECT_EQ(files_.read(kPath).status().code(), Code::kNotFound);
}

TEST_F(QuarantineTest, OnDiskItIsForItsOwnerOnly) {
    PosixFileSystem files;
    const std::string state =
        std::filesystem::temp_directory_path() / ("millrace-quarantine-" + SystemRandom().hex(8));
    const Process to(files, state);
    const std::string path = quarantine_path(state, RunId("run1"));
    ASSERT_TRUE(add(to, {row(1)}).ok());
    EXPECT_EQ(std::filesystem::status(path).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_THAT(*read_quarantine(files, path), SizeIs(1));
    std::filesystem::remove_all(state);
}

}  // namespace
}  // namespace millrace
