#include "common/codec/parquet/writer.h"

#include <arrow/io/interfaces.h>
#include <parquet/file_writer.h>

#include "common/codec/parquet/arrow/arrow_schema.h"
#include "common/codec/parquet/arrow/columns.h"
#include "common/codec/parquet/arrow/guard.h"

namespace millrace::parquet {
namespace {

// A file whose bytes go behind those of a buffer that others empty.
class BufferStream final : public ::arrow::io::OutputStream {
  public:
    explicit BufferStream(Buffer& to) : to_(&to) {}
    // Nothing is written any more: Arrow ends also files that are given up.
    void abandon() { to_ = nullptr; }
    ::arrow::Status Close() override {
        closed_ = true;
        return ::arrow::Status::OK();
    }
    bool closed() const override { return closed_; }
    ::arrow::Result<int64_t> Tell() const override { return written_; }
    ::arrow::Status Write(const void* data, int64_t size) override {
        if (to_) to_->append({static_cast<const char*>(data), static_cast<size_t>(size)});
        written_ += size;
        return ::arrow::Status::OK();
    }

  private:
    Buffer* to_;
    int64_t written_ = 0;
    bool closed_ = false;
};

::parquet::Compression::type codec_of(ParquetCompression compression) {
    switch (compression) {
        case ParquetCompression::kSnappy: return ::parquet::Compression::SNAPPY;
        case ParquetCompression::kZstd: return ::parquet::Compression::ZSTD;
        case ParquetCompression::kGzip: return ::parquet::Compression::GZIP;
        default: return ::parquet::Compression::UNCOMPRESSED;
    }
}

class ArrowWriter final : public Writer {
  public:
    ArrowWriter(const Schema& schema, const WriterOptions& options, Dates dates, Buffer& out)
        : schema_(schema),
          options_(options),
          dates_(std::move(dates)),
          out_(out),
          columns_(schema_, dates_) {}

    ~ArrowWriter() override { abandon(); }

    Status prepare() {
        return guarded(Code::kConfig, "the schema of the parquet objects", [&] {
            arrow_schema_ = to_arrow(schema_);
            // Fixed, so that the same rows give the same bytes in every version.
            properties_ = ::parquet::WriterProperties::Builder()
                              .created_by("millrace")
                              ->compression(codec_of(options_.compression))
                              ->build();
            return Status();
        });
    }

    Status begin() override {
        abandon();
        return guarded(Code::kFatal, "parquet", [&] {
            stream_ = std::make_shared<BufferStream>(out_);
            file_ = ::parquet::ParquetFileWriter::Open(stream_, arrow_schema_, properties_);
            return Status();
        });
    }

    Outcome append(std::span<const Value> values, size_t rows, RowSum& sum) override {
        const size_t before = columns_.rows();
        const size_t width = schema_.columns.size();
        if (values.size() != rows * width) return {0, "a row has other columns than the objects"};
        RowSum added;
        uint64_t bytes = 0;
        for (size_t i = 0; i < rows; ++i) {
            const Outcome outcome = columns_.append(values.subspan(i * width, width));
            if (!outcome.ok()) [[unlikely]] {
                columns_.truncate(before);
                return outcome;
            }
            row_.clear();
            columns_.add_last_row(row_);
            added.add(row_.view());
            bytes += row_.size();
        }
        open_bytes_ += bytes;
        sum.add(added);
        return {};
    }

    uint64_t open_bytes() const override { return open_bytes_; }

    Status close_full_group() override {
        const bool full =
            columns_.rows() >= options_.row_group_rows || open_bytes_ >= options_.row_group_bytes;
        return full ? close_group() : Status();
    }

    Status finish() override {
        if (columns_.rows() > 0) MILLRACE_TRY(close_group());
        return guarded(Code::kFatal, "parquet", [&] {
            file_->Close();
            file_.reset();
            return Status();
        });
    }

  private:
    void abandon() {
        if (stream_) stream_->abandon();
        file_.reset();
        columns_.clear();
        open_bytes_ = 0;
    }

    Status close_group() {
        return guarded(Code::kFatal, "parquet", [&] {
            ::parquet::RowGroupWriter* group = file_->AppendRowGroup();
            for (Leaf& leaf : columns_.leaves()) leaf.write(*group->NextColumn());
            group->Close();
            open_bytes_ = 0;
            return Status();
        });
    }

    const Schema schema_;
    const WriterOptions options_;
    const Dates dates_;
    Buffer& out_;
    Columns columns_;
    uint64_t open_bytes_ = 0;
    Buffer row_;
    std::shared_ptr<::parquet::schema::GroupNode> arrow_schema_;
    std::shared_ptr<::parquet::WriterProperties> properties_;
    std::shared_ptr<BufferStream> stream_;
    std::unique_ptr<::parquet::ParquetFileWriter> file_;
};

}  // namespace

Result<std::unique_ptr<Writer>> Writer::create(const Schema& schema, const WriterOptions& options,
                                               Buffer& out) {
    MILLRACE_ASSIGN(Dates dates, Dates::create(options.zone));
    auto writer = std::make_unique<ArrowWriter>(schema, options, std::move(dates), out);
    MILLRACE_TRY(writer->prepare());
    return std::unique_ptr<Writer>(std::move(writer));
}

}  // namespace millrace::parquet
