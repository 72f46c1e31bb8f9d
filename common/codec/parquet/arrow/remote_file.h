// A file that is read by ranges, as Arrow wants to see it.
#pragma once

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>

#include <cstring>
#include <memory>

#include "common/codec/parquet/reader.h"

namespace millrace::parquet {

// Small reads that lie one behind the other are one range: columns of a row group do. Used by one
// thread.
class RemoteFile final : public ::arrow::io::RandomAccessFile {
  public:
    explicit RemoteFile(RandomAccess file) : file_(std::move(file)) {}

    // Why a read failed, in our own words.
    const Status& status() const { return status_; }

    ::arrow::Status Close() override {
        closed_ = true;
        return ::arrow::Status::OK();
    }
    bool closed() const override { return closed_; }
    ::arrow::Result<int64_t> Tell() const override { return at_; }
    ::arrow::Status Seek(int64_t position) override {
        at_ = position;
        return ::arrow::Status::OK();
    }
    ::arrow::Result<int64_t> GetSize() override { return static_cast<int64_t>(file_.size); }
    ::arrow::Result<int64_t> Read(int64_t size, void* out) override {
        ARROW_ASSIGN_OR_RAISE(const int64_t got, ReadAt(at_, size, out));
        at_ += got;
        return got;
    }
    ::arrow::Result<std::shared_ptr<::arrow::Buffer>> Read(int64_t size) override {
        ARROW_ASSIGN_OR_RAISE(auto made, ReadAt(at_, size));
        at_ += made->size();
        return made;
    }
    ::arrow::Result<int64_t> ReadAt(int64_t position, int64_t size, void* out) override {
        const uint64_t first = static_cast<uint64_t>(position);
        const uint64_t left = first < file_.size ? file_.size - first : 0;
        const uint64_t count = std::min(static_cast<uint64_t>(size), left);
        if (count == 0) return 0;
        if (first < first_ || first + count > first_ + ahead_.size()) {
            ARROW_RETURN_NOT_OK(fetch(first, std::min(std::max(count, kAhead), left)));
        }
        std::memcpy(out, ahead_.data() + (first - first_), count);
        // What is as large as this will not be asked for again.
        if (count > kAhead) ahead_ = {};
        return static_cast<int64_t>(count);
    }
    ::arrow::Result<std::shared_ptr<::arrow::Buffer>> ReadAt(int64_t position,
                                                             int64_t size) override {
        ARROW_ASSIGN_OR_RAISE(auto made, ::arrow::AllocateResizableBuffer(size));
        ARROW_ASSIGN_OR_RAISE(const int64_t got, ReadAt(position, size, made->mutable_data()));
        ARROW_RETURN_NOT_OK(made->Resize(got));
        return std::shared_ptr<::arrow::Buffer>(std::move(made));
    }

  private:
    static constexpr uint64_t kAhead = 1 << 20;

    ::arrow::Status fetch(uint64_t first, uint64_t count) {
        Result<Buffer> read = file_.read(first, count);
        if (read.ok() && read->size() != count) {
            read = Status(Code::kCorrupt, "a range of the file came back with another length");
        }
        if (!read.ok()) {
            status_ = read.status();
            return ::arrow::Status::IOError("a range cannot be read");
        }
        ahead_ = std::move(*read);
        first_ = first;
        return ::arrow::Status::OK();
    }

    RandomAccess file_;
    Status status_;
    Buffer ahead_;  // bytes of the file from first_ on
    uint64_t first_ = 0;
    int64_t at_ = 0;
    bool closed_ = false;
};

}  // namespace millrace::parquet
