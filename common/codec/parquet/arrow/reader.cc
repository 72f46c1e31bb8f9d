#include "common/codec/parquet/reader.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>
#include <set>

#include "common/codec/parquet/arrow/cells.h"
#include "common/codec/parquet/arrow/guard.h"
#include "common/codec/parquet/arrow/remote_file.h"

namespace millrace::parquet {
namespace {

constexpr int64_t kBatchBytes = 4 << 20;
constexpr int64_t kBatchRowsMax = 4096;
// Row groups beyond this are read by pieces of pages, others whole.
constexpr int64_t kGroupBytesWhole = 48 << 20;
constexpr int64_t kPieceBytes = 2 << 20;

class ArrowReader final : public Reader {
  public:
    ArrowReader(RandomAccess file, std::string what, Dates dates)
        : file_(std::make_shared<RemoteFile>(std::move(file))),
          what_(std::move(what)),
          dates_(std::move(dates)) {}

    Status open() {
        return explained([&] {
            ::parquet::ReaderProperties properties;
            const auto metadata = ::parquet::ReadMetaData(file_);
            if (largest_group(*metadata) > kGroupBytesWhole) {
                properties.enable_buffered_stream();
                properties.set_buffer_size(kPieceBytes);
            }
            auto file = ::parquet::ParquetFileReader::Open(file_, properties, metadata);
            ::parquet::ArrowReaderProperties arrow(false);
            arrow.set_pre_buffer(false);
            arrow.set_coerce_int96_timestamp_unit(::arrow::TimeUnit::MILLI);
            MILLRACE_TRY(checked(::parquet::arrow::FileReader::Make(
                ::arrow::default_memory_pool(), std::move(file), arrow, &reader_)));
            return take_columns(*metadata);
        });
    }

    const std::vector<ShapeColumn>& columns() const override { return columns_; }
    uint64_t rows() const override {
        return static_cast<uint64_t>(reader_->parquet_reader()->metadata()->num_rows());
    }

    Status start(std::span<const uint32_t> columns, Place place) override {
        // A batch holds the wanted columns in the file's order, each once.
        const std::set<uint32_t> distinct(columns.begin(), columns.end());
        if (!distinct.empty() && *distinct.rbegin() >= columns_.size()) {
            return config_error(what_ + " has " + std::to_string(columns_.size()) +
                                " columns, none with index " + std::to_string(*distinct.rbegin()));
        }
        wanted_.clear();
        for (const uint32_t column : columns) {
            const auto place_in_batch = std::distance(distinct.begin(), distinct.find(column));
            wanted_.push_back({column, static_cast<int>(place_in_batch)});
        }
        leaves_.clear();
        for (const uint32_t column : distinct) {
            leaves_.insert(leaves_.end(), leaves_of_[column].begin(), leaves_of_[column].end());
        }
        next_ = place;
        batches_.reset();
        batch_.reset();
        return {};
    }

    Result<bool> next(std::span<const Value>& row) override {
        while (!batch_ || row_ >= batch_->num_rows()) {
            MILLRACE_ASSIGN(const bool more, next_batch());
            if (!more) return false;
        }
        memory_.clear();
        for (size_t i = 0; i < wanted_.size(); ++i) {
            values_[i] = cells_[i].value_of(*arrays_[i], row_, memory_);
        }
        ++row_;
        ++next_.row;
        row = values_;
        return true;
    }

    Place place() const override { return next_; }

  private:
    template <typename Work>
    Status explained(Work work) {
        const Status status = guarded(Code::kCorrupt, what_ + " cannot be read as parquet", work);
        // A read that failed says it better.
        if (!status.ok() && !file_->status().ok()) return file_->status();
        return status;
    }
    Status checked(const ::arrow::Status& status) const {
        return from_arrow(Code::kCorrupt, what_ + " cannot be read as parquet", status);
    }
    const ::parquet::FileMetaData& metadata() const {
        return *reader_->parquet_reader()->metadata();
    }

    static int64_t largest_group(const ::parquet::FileMetaData& metadata) {
        int64_t most = 0;
        for (int i = 0; i < metadata.num_row_groups(); ++i) {
            most = std::max(most, metadata.RowGroup(i)->total_byte_size());
        }
        return most;
    }

    Status take_columns(const ::parquet::FileMetaData& metadata) {
        std::shared_ptr<::arrow::Schema> schema;
        MILLRACE_TRY(checked(reader_->GetSchema(&schema)));
        leaves_of_.resize(static_cast<size_t>(schema->num_fields()));
        for (int i = 0; i < metadata.num_columns(); ++i) {
            const auto* root = metadata.schema()->GetColumnRoot(i);
            const int field = metadata.schema()->group_node()->FieldIndex(*root);
            leaves_of_[static_cast<size_t>(field)].push_back(i);
        }
        for (int i = 0; i < schema->num_fields(); ++i) {
            const ::arrow::Field& field = *schema->field(i);
            const std::optional<ValueType> type = value_type_of(*field.type());
            if (!type) {
                return config_error(what_ + ": column \"" + field.name() + "\" has the type " +
                                    field.type()->ToString() + ", which is not built");
            }
            columns_.push_back({field.name(), *type});
            const int leaf = leaves_of_[static_cast<size_t>(i)].front();
            int96_.push_back(metadata.schema()->Column(leaf)->physical_type() ==
                             ::parquet::Type::INT96);
        }
        return {};
    }

    Result<bool> next_batch() {
        for (;;) {
            batch_.reset();
            if (!batches_) {
                if (next_.group >= static_cast<uint64_t>(metadata().num_row_groups())) return false;
                MILLRACE_TRY(begin_group());
            }
            MILLRACE_TRY(explained([&] { return checked(batches_->ReadNext(&batch_)); }));
            if (!batch_) {
                batches_.reset();
                next_ = {next_.group + 1, 0};
                continue;
            }
            row_ = 0;
            if (skip_ > 0) {
                row_ = std::min<int64_t>(batch_->num_rows(), static_cast<int64_t>(skip_));
                skip_ -= static_cast<uint64_t>(row_);
            }
            bind();
            if (row_ < batch_->num_rows()) return true;
        }
    }

    Status begin_group() {
        return explained([&]() -> Status {
            const auto group = metadata().RowGroup(static_cast<int>(next_.group));
            const int64_t width = std::max<int64_t>(
                1, group->total_byte_size() / std::max<int64_t>(1, group->num_rows()));
            reader_->set_batch_size(std::clamp<int64_t>(kBatchBytes / width, 16, kBatchRowsMax));
            auto made = reader_->GetRecordBatchReader({static_cast<int>(next_.group)}, leaves_);
            MILLRACE_TRY(checked(made.status()));
            batches_ = *std::move(made);
            skip_ = next_.row;
            return {};
        });
    }

    void bind() {
        arrays_.clear();
        cells_.clear();
        values_.resize(wanted_.size());
        for (const Wanted& one : wanted_) {
            arrays_.push_back(batch_->column(one.place));
            cells_.push_back({dates_, int96_[one.column]});
        }
    }

    const std::shared_ptr<RemoteFile> file_;
    const std::string what_;
    const Dates dates_;
    std::unique_ptr<::parquet::arrow::FileReader> reader_;
    std::vector<ShapeColumn> columns_;
    std::vector<std::vector<int>> leaves_of_;  // by column
    std::vector<bool> int96_;                  // by column

    struct Wanted {
        uint32_t column;
        int place;  // in batches
    };
    std::vector<Wanted> wanted_;
    std::vector<int> leaves_;
    Place next_;
    uint64_t skip_ = 0;  // rows of the group that were returned before
    std::unique_ptr<::arrow::RecordBatchReader> batches_;  // of next_.group
    std::shared_ptr<::arrow::RecordBatch> batch_;
    int64_t row_ = 0;  // the next of the batch
    std::vector<std::shared_ptr<::arrow::Array>> arrays_;
    std::vector<CellReader> cells_;
    std::vector<Value> values_;
    std::deque<std::string> memory_;
};

}  // namespace

Result<std::unique_ptr<Reader>> Reader::open(RandomAccess file, const std::string& what,
                                             const TimeZone& zone) {
    MILLRACE_ASSIGN(Dates dates, Dates::create(zone));
    auto reader = std::make_unique<ArrowReader>(std::move(file), what, std::move(dates));
    MILLRACE_TRY(reader->open());
    return std::unique_ptr<Reader>(std::move(reader));
}

}  // namespace millrace::parquet
