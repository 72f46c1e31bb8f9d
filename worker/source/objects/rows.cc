#include "worker/source/objects/rows.h"

#include "common/codec/number_text.h"
#include "common/codec/utf8.h"
#include "common/config/ascii.h"

namespace millrace {
namespace {

using Type = ObjectFieldType;

constexpr const char* kNotUtf8 = "it is not UTF-8";

std::string count_text(uint64_t count) {
    return std::to_string(count) + (count == 1 ? " field" : " fields");
}

const char* read_boolean(std::string_view text, Value& value) {
    const bool yes = ascii::same_without_case(text, "true");
    if (!yes && !ascii::same_without_case(text, "false")) return "it is neither true nor false";
    value = Value::of_boolean(yes);
    return nullptr;
}

}  // namespace

Result<FieldRows> FieldRows::create(const OssReaderConfig& config, uint64_t fields) {
    if (config.encoding != "utf-8" && config.encoding != "utf8") {
        return config_error("\"encoding\": \"" + config.encoding +
                            "\" is not built yet; objects are read as UTF-8");
    }
    MILLRACE_ASSIGN(UsualDates dates, UsualDates::create(config.time_zone));
    FieldRows rows(std::move(dates));
    rows.null_format_ = config.null_format;
    rows.all_ = config.all_columns;
    if (rows.all_) {
        rows.values_.resize(fields);
        return rows;
    }
    rows.values_.resize(config.columns.size());
    rows.constants_.reserve(config.columns.size());  // so that none moves
    for (const ObjectColumn& column : config.columns) {
        MILLRACE_TRY(rows.add(column, config.time_zone)
                         .with_context("column " + std::to_string(rows.columns_.size())));
    }
    return rows;
}

Status FieldRows::add(const ObjectColumn& given, const std::string& zone) {
    Column column{given.index, given.type, {}};
    if (given.type == Type::kDate && !given.date_format.empty()) {
        MILLRACE_ASSIGN(column.date, DatePattern::create(given.date_format, zone));
    }
    if (!given.index) {
        if (!given.constant) return config_error("it needs an index or a value");
        constants_.push_back(*given.constant);
        Value& value = values_[columns_.size()];
        const char* why = convert(column, constants_.back(), value);
        if (why) return config_error(std::string("its value is wrong: ") + why);
    }
    columns_.push_back(std::move(column));
    return {};
}

std::optional<FieldRows::Problem> FieldRows::read(const CsvRecord& record) {
    if (!record.problem.empty()) {
        const std::string field = record.problem_field < 0
                                      ? std::string()
                                      : "field " + std::to_string(record.problem_field) + ": ";
        return Problem{field + std::string(record.problem), -1};
    }
    // Nearly always true, and then no field needs a look of its own.
    const bool utf8 = is_utf8(record.raw);
    if (all_) return read_all(record, utf8);
    for (size_t i = 0; i < columns_.size(); ++i) {
        const Column& column = columns_[i];
        if (!column.index) continue;
        const auto position = static_cast<int>(i);
        if (*column.index >= record.fields.size()) [[unlikely]] {
            return Problem{"it has " + count_text(record.fields.size()) + ", none with index " +
                               std::to_string(*column.index),
                           position};
        }
        const std::string_view text = record.fields[*column.index];
        const char* why = convert(column, text, values_[i]);
        if (why == nullptr && !utf8 && column.type != Type::kBytes && !is_utf8(text)) {
            why = kNotUtf8;
        }
        if (why) [[unlikely]]
            return Problem{"field " + std::to_string(*column.index) + ": " + why, position};
    }
    return {};
}

std::optional<FieldRows::Problem> FieldRows::read_all(const CsvRecord& record, bool utf8) {
    if (record.fields.size() != values_.size()) [[unlikely]] {
        return Problem{"it has " + count_text(record.fields.size()) + ", the first row has " +
                       std::to_string(values_.size())};
    }
    for (size_t i = 0; i < values_.size(); ++i) {
        const std::string_view text = record.fields[i];
        if (!utf8 && !is_utf8(text)) [[unlikely]] {
            return Problem{"field " + std::to_string(i) + ": " + kNotUtf8, static_cast<int>(i)};
        }
        values_[i] = is_null(text) ? Value::null() : Value::of_string(text);
    }
    return {};
}

const char* FieldRows::convert(const Column& column, std::string_view text, Value& value) const {
    if (is_null(text)) {
        value = Value::null();
        return nullptr;
    }
    switch (column.type) {
        case Type::kString: value = Value::of_string(text); return nullptr;
        case Type::kBytes: value = Value::of_binary(text); return nullptr;
        case Type::kBoolean: return read_boolean(text, value);
        case Type::kLong: {
            const std::optional<int64_t> number = read_integer(text);
            if (!number) return "it is no whole number of 64 bits";
            value = Value::of_integer(*number);
            return nullptr;
        }
        case Type::kDouble: {
            const std::optional<double> number = read_double(text);
            if (!number) return "it is no number";
            value = Value::of_real(*number);
            return nullptr;
        }
        case Type::kDate: {
            const auto time = column.date ? column.date->read(text) : dates_.read(text);
            if (!time) return "it is no date of the expected form";
            value = Value::of_datetime(time->ms);
            return nullptr;
        }
    }
    return "its type is unknown";
}

}  // namespace millrace
