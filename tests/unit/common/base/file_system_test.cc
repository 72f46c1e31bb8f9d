// One suite for every FileSystem.
#include "common/base/file_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "common/base/fakes/memory_file_system.h"
#include "common/base/random.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

enum class Kind { kMemory, kPosix };

class FileSystemTest : public ::testing::TestWithParam<Kind> {
  protected:
    FileSystemTest() {
        if (GetParam() == Kind::kMemory) {
            files_ = std::make_unique<MemoryFileSystem>();
        } else {
            files_ = std::make_unique<PosixFileSystem>();
        }
        EXPECT_TRUE(files_->make_folders(root_).ok());
    }
    ~FileSystemTest() override { std::filesystem::remove_all(root_); }

    const std::string root_ =
        std::filesystem::temp_directory_path() / ("millrace-files-" + SystemRandom().hex(8));
    std::unique_ptr<FileSystem> files_;
};
std::string name_of_kind(const ::testing::TestParamInfo<Kind>& kind) {
    return kind.param == Kind::kMemory ? "Memory" : "Posix";
}
INSTANTIATE_TEST_SUITE_P(FileSystems, FileSystemTest,
                         ::testing::Values(Kind::kMemory, Kind::kPosix), name_of_kind);

TEST_P(FileSystemTest, WhatIsWrittenIsRead) {
    const std::string path = root_ + "/a";
    EXPECT_EQ(files_->read(path).status().code(), Code::kNotFound);
    ASSERT_TRUE(files_->write_atomically(path, std::string("x\0y", 3)).ok());
    EXPECT_EQ(*files_->read(path), std::string("x\0y", 3));
    ASSERT_TRUE(files_->write_atomically(path, "short").ok());
    EXPECT_EQ(*files_->read(path), "short");
    ASSERT_TRUE(files_->write_atomically(path, "").ok());
    EXPECT_EQ(*files_->read(path), "");
    EXPECT_THAT(*files_->list(root_), ElementsAre("a"));  // no temporary file is left
}

TEST_P(FileSystemTest, AppendingMakesAndExtendsAFile) {
    const std::string path = root_ + "/a";
    ASSERT_TRUE(files_->append(path, "one\n").ok());
    ASSERT_TRUE(files_->append(path, "").ok());
    ASSERT_TRUE(files_->append(path, "two\n").ok());
    EXPECT_EQ(*files_->read(path), "one\ntwo\n");
}

TEST_P(FileSystemTest, FoldersAreMadeWithTheirParentsAndListed) {
    ASSERT_TRUE(files_->make_folders(root_ + "/x/y").ok());
    ASSERT_TRUE(files_->make_folders(root_ + "/x/y/").ok());
    ASSERT_TRUE(files_->append(root_ + "/x/file", "1").ok());
    ASSERT_TRUE(files_->append(root_ + "/x/y/deep", "1").ok());
    EXPECT_THAT(*files_->list(root_ + "/x"), ElementsAre("file", "y"));
    EXPECT_THAT(*files_->list(root_), ElementsAre("x"));
    EXPECT_EQ(files_->list(root_ + "/none").status().code(), Code::kNotFound);
    EXPECT_FALSE(files_->make_folders(root_ + "/x/file/z").ok());
    EXPECT_FALSE(files_->read(root_ + "/x").ok());
}

TEST_P(FileSystemTest, AMissingFolderIsAnErrorThatNamesThePath) {
    const std::string path = root_ + "/none/a";
    for (const Status& status : {files_->append(path, "x"), files_->write_atomically(path, "x"),
                                 files_->lock(path, "me").status()}) {
        EXPECT_EQ(status.code(), Code::kNotFound);
        EXPECT_THAT(status.text(), HasSubstr(path));
    }
}

TEST_P(FileSystemTest, RemovingIsRepeatable) {
    ASSERT_TRUE(files_->append(root_ + "/a", "x").ok());
    ASSERT_TRUE(files_->remove(root_ + "/a").ok());
    ASSERT_TRUE(files_->remove(root_ + "/a").ok());
    EXPECT_THAT(*files_->list(root_), IsEmpty());
}

TEST_P(FileSystemTest, ALockHasOneHolderAndNamesIt) {
    const std::string path = root_ + "/lock";
    auto first = files_->lock(path, "process 1, a long name");
    ASSERT_TRUE(first.ok());
    const Status refused = files_->lock(path, "process 2").status();
    EXPECT_EQ(refused.code(), Code::kFatal);
    EXPECT_EQ(refused.text(), "process 1, a long name");
    *first = nullptr;
    const auto second = files_->lock(path, "process 3");
    ASSERT_TRUE(second.ok());
    EXPECT_EQ(files_->lock(path, "process 4").status().text(), "process 3");
}

TEST(PosixFileSystemTest, FilesAreForTheirOwnerOnly) {
    const std::string path =
        std::filesystem::temp_directory_path() / ("millrace-mode-" + SystemRandom().hex(8));
    ASSERT_TRUE(PosixFileSystem().append(path, "x").ok());
    EXPECT_EQ(std::filesystem::status(path).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::remove(path);
}

TEST(PosixFileSystemTest, AFullDiskIsNamed) {
    // The device that is always full.
    const Status status = PosixFileSystem().append("/dev/full", "x");
    EXPECT_EQ(status.code(), Code::kFatal);
    EXPECT_EQ(status.service_code(), "ENOSPC");
}

TEST(MemoryFileSystemTest, AFullDiskKeepsTheOldFileAndTearsAnAppend) {
    MemoryFileSystem files;
    ASSERT_TRUE(files.write_atomically("/a", "12345").ok());
    files.set_bytes_max(8);
    const Status status = files.write_atomically("/a", "1234567");
    EXPECT_EQ(status.code(), Code::kFatal);
    EXPECT_EQ(status.service_code(), "ENOSPC");
    EXPECT_EQ(*files.read("/a"), "12345");
    EXPECT_EQ(files.append("/b", "abcd").service_code(), "ENOSPC");
    EXPECT_EQ(*files.read("/b"), "abc");
    files.set_bytes_max(100);
    EXPECT_TRUE(files.append("/b", "d").ok());
}

}  // namespace
}  // namespace millrace
