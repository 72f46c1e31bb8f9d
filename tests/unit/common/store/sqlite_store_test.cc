// What only the SQLite ledger can do wrong: its file.
#include "common/store/sqlite_store.h"

#include <gmock/gmock.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

#include "common/base/random.h"
#include "tests/unit/common/store/store_fixture.h"

namespace millrace {
namespace {

using ::testing::HasSubstr;

class SqliteStoreTest : public ::testing::Test {
  protected:
    SqliteStoreTest() { std::filesystem::create_directories(folder_); }
    ~SqliteStoreTest() override { std::filesystem::remove_all(folder_); }

    Result<std::unique_ptr<SqliteStore>> open(const SqliteOptions& options = {}) {
        return SqliteStore::create(path_, clock_, options);
    }
    static NewInstance instance(int number, size_t job_bytes = 10) {
        NewInstance instance;
        instance.run = RunId("r" + std::to_string(number));
        instance.task = TaskId("t" + std::to_string(number));
        instance.job = std::string(job_bytes, 'x');
        instance.control.concurrent = 100;
        return instance;
    }

    FakeClock clock_;
    const std::string folder_ =
        std::filesystem::temp_directory_path() / ("millrace-sqlite-" + SystemRandom().hex(8));
    const std::string path_ = folder_ + "/ledger.sqlite";
};

TEST_F(SqliteStoreTest, WhatWasAnsweredIsThereAfterOpeningAgain) {
    {
        const auto store = open();
        ASSERT_TRUE(store.ok()) << store.status().text();
        ASSERT_TRUE((*store)->create_instance(instance(1)).ok());
    }
    const auto store = open();
    EXPECT_EQ((*store)->instance(RunId("r1"))->job, "xxxxxxxxxx");
}

TEST_F(SqliteStoreTest, AFullDiskIsSaidAndTheLedgerGoesOnWhenThereIsRoom) {
    auto store = open({.synchronous = false, .pages_max = 40});
    ASSERT_TRUE(store.ok()) << store.status().text();
    Status full;
    int number = 0;
    while (full.ok() && number < 1000) {
        full = (*store)->create_instance(instance(++number, 10'000)).status();
    }
    EXPECT_EQ(full.code(), Code::kFatal);
    EXPECT_EQ(full.service_code(), "ENOSPC");
    EXPECT_THAT(full.text(), HasSubstr(path_));
    EXPECT_THAT(full.text(), HasSubstr("no space left"));
    const std::string run = "r" + std::to_string(number);
    EXPECT_EQ((*store)->instance(RunId(run)).status().code(), Code::kNotFound);
    EXPECT_TRUE((*store)->instance(RunId("r1")).ok());
    *store = nullptr;
    store = open();
    EXPECT_TRUE((*store)->create_instance(instance(number, 10'000)).ok());
}

TEST_F(SqliteStoreTest, OtherFilesAreNotTouched) {
    std::ofstream(path_) << "this is a text, and no database at all";
    const Status text = open().status();
    EXPECT_EQ(text.code(), Code::kFatal);
    EXPECT_THAT(text.text(), HasSubstr("damaged or no ledger"));
    std::filesystem::remove(path_);
    {
        const auto foreign = SqliteDatabase::open(path_, {});
        (*foreign)->execute("PRAGMA application_id=7");
    }
    EXPECT_THAT(open().status().text(), HasSubstr("is not a ledger"));
}

TEST_F(SqliteStoreTest, ALedgerOfTheFirstVersionIsBroughtUpToDate) {
    {
        const auto older = SqliteDatabase::open(path_, {});
        (*older)->execute("ALTER TABLE instance DROP COLUMN staging");
        (*older)->execute("ALTER TABLE instance DROP COLUMN reserved");
        (*older)->execute("DROP INDEX item_claimed");
        (*older)->execute("ALTER TABLE item DROP COLUMN abandoned");
        (*older)->execute("PRAGMA user_version=1");
    }
    ASSERT_TRUE(open().ok());
    EXPECT_TRUE(open().ok());  // and once is enough
}

TEST_F(SqliteStoreTest, ALedgerOfANewerProgramIsRefused) {
    {
        const auto newer = SqliteDatabase::open(path_, {});
        (*newer)->execute("PRAGMA user_version=99");
    }
    EXPECT_THAT(open().status().text(), HasSubstr("has version 99"));
}

TEST_F(SqliteStoreTest, AMissingFolderIsNamed) {
    const Status status = SqliteStore::create(folder_ + "/no/ledger.sqlite", clock_).status();
    EXPECT_EQ(status.code(), Code::kFatal);
    EXPECT_THAT(status.text(), HasSubstr("/no/ledger.sqlite cannot be opened"));
}

TEST_F(SqliteStoreTest, EachKindOfErrorSaysWhatToDo) {
    const auto text = [](int code, int os_error) {
        return sqlite_status(code, os_error, "/state/ledger.sqlite", "detail").text();
    };
    EXPECT_EQ(sqlite_status(SQLITE_IOERR_WRITE, ENOSPC, "f", "").service_code(), "ENOSPC");
    EXPECT_EQ(sqlite_status(SQLITE_FULL, 0, "f", "").service_code(), "ENOSPC");
    EXPECT_EQ(sqlite_status(SQLITE_IOERR, EIO, "f", "").service_code(), "");
    EXPECT_THAT(text(SQLITE_READONLY_DIRECTORY, 0), HasSubstr("write access"));
    EXPECT_THAT(text(SQLITE_BUSY, 0), HasSubstr("locked by another program"));
    EXPECT_THAT(text(SQLITE_CORRUPT, 0), HasSubstr("damaged"));
    EXPECT_THAT(text(SQLITE_IOERR_FSYNC, EIO), HasSubstr("Input/output error; check the disk"));
    EXPECT_THAT(text(SQLITE_INTERNAL, 0), HasSubstr("detail (SQLite code 2)"));
    for (const int code : {SQLITE_FULL, SQLITE_BUSY, SQLITE_IOERR, SQLITE_INTERNAL}) {
        EXPECT_THAT(text(code, 0), HasSubstr("/state/ledger.sqlite"));
    }
}

TEST_F(SqliteStoreTest, ThreadsClaimEachItemOnce) {
    const auto store = open({.synchronous = false});
    ASSERT_TRUE((*store)->create_instance(instance(1)).ok());
    std::vector<NewItem> items;
    for (int i = 0; i < 100; ++i) {
        items.push_back({ItemId("r1/" + std::to_string(i)), ShardId("s"), ""});
    }
    ASSERT_TRUE((*store)->add_items(RunId("r1"), items).ok());
    std::atomic<int> granted = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            const ClaimId claim("thread" + std::to_string(t));
            for (const NewItem& item : items) {
                const auto claimed = (*store)->claim(item.item, claim, std::chrono::seconds(30));
                if (claimed.ok()) ++granted;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(granted, 100);
}

}  // namespace
}  // namespace millrace
