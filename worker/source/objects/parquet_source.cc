#include "worker/source/objects/parquet_source.h"

#include <nlohmann/json.hpp>

#include "common/codec/utf8.h"
#include "common/record/convert.h"
#include "common/record/packed.h"
#include "common/services/oss/range_fetch.h"

namespace millrace {
namespace {

using Type = ObjectFieldType;

// Where the next row is.
struct RowPosition {
    parquet::Place place;
    uint64_t records = 0;
};

Result<RowPosition> parse_row_position(const std::string& text) {
    RowPosition position;
    if (text.empty()) return position;
    const nlohmann::json from = nlohmann::json::parse(text, nullptr, false);
    for (const auto& [name, number] : {std::pair("group", &position.place.group),
                                       {"row", &position.place.row},
                                       {"records", &position.records}}) {
        if (!from.is_object() || !from.contains(name) || !from[name].is_number_unsigned()) {
            return Status(Code::kCorrupt, "the ledger's position in an object is malformed");
        }
        *number = from[name].get<uint64_t>();
    }
    return position;
}

parquet::RandomAccess access_to(oss::Client& client, const oss::ObjectStart& object) {
    return {object.length, [&client, object](uint64_t first, uint64_t count) -> Result<Buffer> {
                oss::RangeFetch fetch(client, object.object, object.etag);
                fetch.start({first, first + count - 1});
                MILLRACE_ASSIGN(oss::FetchedRange range, fetch.finish());
                return std::move(range.body);
            }};
}

std::string names_of_columns(const std::vector<ShapeColumn>& columns) {
    std::string names;
    for (const ShapeColumn& column : columns) names += (names.empty() ? "" : ", ") + column.name;
    return names;
}

}  // namespace

Result<std::unique_ptr<ParquetSource>> ParquetSource::create(const ParquetSourceParts& parts,
                                                             const std::string& resume) {
    MILLRACE_ASSIGN(const TimeZone zone, TimeZone::find(parts.reader.time_zone));
    MILLRACE_ASSIGN(Dates dates, Dates::create(zone));
    std::unique_ptr<ParquetSource> made(
        new ParquetSource(parts.object.object, parts.ordered_us, parts.stop, std::move(dates)));
    if (parts.object.object.empty()) return made;
    MILLRACE_ASSIGN(made->rows_, parquet::Reader::open(access_to(parts.client, parts.object),
                                                       "object " + parts.object.object, zone));
    MILLRACE_TRY(made->open(parts, resume));
    return made;
}

Status ParquetSource::open(const ParquetSourceParts& parts, const std::string& resume) {
    MILLRACE_ASSIGN(const RowPosition position, parse_row_position(resume));
    records_ = position.records;
    std::vector<uint32_t> cells;
    if (parts.reader.all_columns) {
        MILLRACE_TRY(bind_all(parts.shape, cells));
    } else {
        MILLRACE_TRY(bind(parts, cells));
    }
    return rows_->start(cells, position.place);
}

Status ParquetSource::bind_all(const RecordShape& shape, std::vector<uint32_t>& cells) {
    const std::vector<ShapeColumn>& here = rows_->columns();
    if (names_of(here) != names_of(shape.columns)) {
        return config_error("object " + object_ + " has the columns " + names_of_columns(here) +
                            ", the first object has " + names_of_columns(shape.columns) +
                            ": name the columns that are read, or read the objects by two jobs");
    }
    for (uint32_t i = 0; i < here.size(); ++i) {
        cells.push_back(i);
        columns_.push_back({.cell = i, .type = {}, .date = {}, .memory = {}});
    }
    values_.resize(columns_.size());
    return {};
}

Status ParquetSource::bind(const ParquetSourceParts& parts, std::vector<uint32_t>& cells) {
    const std::vector<ObjectColumn>& wanted = parts.reader.columns;
    values_.resize(wanted.size());
    constants_.reserve(wanted.size());  // so that none moves
    for (const ObjectColumn& given : wanted) {
        Column column{.cell = {}, .type = given.type, .date = {}, .memory = {}};
        if (!given.date_format.empty()) {
            MILLRACE_ASSIGN(column.date,
                            DatePattern::create(given.date_format, parts.reader.time_zone));
        }
        columns_.push_back(std::move(column));
        if (!given.constant) {
            MILLRACE_ASSIGN(const uint32_t found, find(given));
            columns_.back().cell = cells.size();
            cells.push_back(found);
            continue;
        }
        constants_.push_back(*given.constant);
        Value& value = values_[columns_.size() - 1];
        if (const char* why =
                convert(columns_.back(), Value::of_string(constants_.back()), value)) {
            return config_error("the value of column " + std::to_string(columns_.size() - 1) + " " +
                                why);
        }
    }
    return {};
}

Result<uint32_t> ParquetSource::find(const ObjectColumn& column) const {
    const std::vector<ShapeColumn>& here = rows_->columns();
    for (uint32_t i = 0; i < here.size(); ++i) {
        if (column.index ? i == *column.index : here[i].name == column.name) return i;
    }
    const std::string wanted = column.index
                                   ? "no column with index " + std::to_string(*column.index)
                                   : "no column \"" + column.name + "\"";
    return config_error("object " + object_ + " has " + wanted + "; it has " +
                        names_of_columns(here));
}

Result<bool> ParquetSource::next(Change& change) {
    if (stop_.stop_requested()) return Status(Code::kCancelled, "stopped by request");
    if (!rows_) return false;
    std::span<const Value> row;
    MILLRACE_ASSIGN(const bool more, rows_->next(row));
    if (!more) return false;
    packed_.clear();
    pack(row, packed_);
    change.kind = ChangeKind::kPut;
    change.sequence = {0, static_cast<int64_t>(records_++), 0};
    change.ordered_us = ordered_us_;
    change.any_value = true;
    change.unreadable = {};
    change.raw = {};
    for (size_t i = 0; i < columns_.size(); ++i) {
        Column& column = columns_[i];
        if (!column.cell) continue;
        const Value& cell = row[*column.cell];
        const char* why = convert(column, cell, values_[i]);
        if (why == nullptr) [[likely]]
            continue;
        values_[i] = cell;
        reason_ = std::string("a cell ") + why;
        change.unreadable = reason_;
        change.unreadable_column = static_cast<int>(i);
    }
    change.values = values_;
    change.rows = 1;
    change.width = values_.size();
    return true;
}

const char* ParquetSource::convert(Column& column, const Value& cell, Value& value) const {
    if (!column.type || cell.missing()) {
        value = cell;
        return nullptr;
    }
    const bool time = cell.type == ValueType::kDatetime || cell.type == ValueType::kDate;
    switch (*column.type) {
        case Type::kString: return to_text(column, cell, value);
        case Type::kBytes: {
            value = Value::of_binary(dates_.text_of(cell, column.memory));
            return nullptr;
        }
        case Type::kLong: {
            int64_t integer = cell.integer;
            if (const char* why = time ? nullptr : to_integer(cell, integer)) return why;
            value = Value::of_integer(integer);
            return nullptr;
        }
        case Type::kDouble: {
            double real = 0;
            if (const char* why = to_real(cell, real)) return why;
            value = Value::of_real(real);
            return nullptr;
        }
        case Type::kBoolean: {
            bool boolean = false;
            if (const char* why = to_boolean(cell, boolean)) return why;
            value = Value::of_boolean(boolean);
            return nullptr;
        }
        case Type::kDate: return to_time(column, cell, value);
    }
    return "has an unknown type";
}

const char* ParquetSource::to_text(Column& column, const Value& cell, Value& value) const {
    if (cell.type == ValueType::kBinary && !is_utf8(cell.bytes)) {
        return "is not UTF-8 text; give its column the type bytes";
    }
    if (column.date && cell.type == ValueType::kDatetime) {
        char text[DatePattern::kTextMax];
        column.memory.assign(text, column.date->write(text, cell.integer));
        value = Value::of_string(column.memory);
        return nullptr;
    }
    value = Value::of_string(dates_.text_of(cell, column.memory));
    return nullptr;
}

const char* ParquetSource::to_time(const Column& column, const Value& cell, Value& value) const {
    if (cell.type == ValueType::kDate) {
        value = cell;
        return nullptr;
    }
    std::optional<int64_t> millis;
    if (column.date && cell.type == ValueType::kString) {
        if (const auto time = column.date->read(cell.bytes)) millis = time->ms;
    } else {
        millis = dates_.millis_of(cell);
    }
    if (!millis) return "cannot be read as a date";
    value = Value::of_datetime(*millis);
    return nullptr;
}

std::string ParquetSource::position() const {
    const parquet::Place place = rows_ ? rows_->place() : parquet::Place();
    return nlohmann::json{{"group", place.group}, {"row", place.row}, {"records", records_}}.dump();
}

}  // namespace millrace
