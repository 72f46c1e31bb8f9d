#include "common/services/maxcompute/record_reader.h"

namespace millrace::maxcompute {

RecordReader::RecordReader(std::span<const Column> columns, std::string_view stream)
    : columns_(columns),
      begin_(stream.data()),
      at_(stream.data()),
      end_(stream.data() + stream.size()) {}

Status RecordReader::broken(std::string_view why) const {
    return Status(Code::kCorrupt, "a record stream of MaxCompute is damaged at byte " +
                                      std::to_string(at_ - begin_) + ", after " +
                                      std::to_string(records_) + " rows: " + std::string(why));
}

std::optional<uint64_t> RecordReader::varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 70 && at_ != end_; shift += 7) {
        const auto byte = static_cast<uint8_t>(*at_++);
        if (shift == 63 && byte > 1) return std::nullopt;
        value |= static_cast<uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
    }
    return std::nullopt;
}

std::optional<std::string_view> RecordReader::take(size_t length) {
    if (length > static_cast<size_t>(end_ - at_)) return std::nullopt;
    const std::string_view bytes(at_, length);
    at_ += length;
    return bytes;
}

Result<bool> RecordReader::next(std::vector<Field>& fields) {
    fields.assign(columns_.size(), Field());
    record_crc_.reset();
    bool began = false;
    for (;;) {
        const std::optional<uint64_t> tag = varint();
        if (!tag || *tag > UINT32_MAX) return broken("it ends early, or holds no field");
        if (*tag == kRecordEnd) {
            MILLRACE_TRY(end_record());
            return true;
        }
        if (*tag == kRecordCount) {
            if (began) return broken("a record has no end");
            MILLRACE_TRY(footer());
            return false;
        }
        MILLRACE_TRY(read_field(static_cast<uint32_t>(*tag), fields));
        began = true;
    }
}

Status RecordReader::read_field(uint32_t tag, std::vector<Field>& fields) {
    const uint32_t number = tag >> 3;
    if (number == 0 || number > columns_.size()) return broken("it holds an unknown column");
    const Column& column = columns_[number - 1];
    const FieldForm form = form_of(column.type);
    if (form == FieldForm::kNone) {
        return config_error("column \"" + column.name + "\" of type " + column.type_text +
                            " cannot be read: leave it out of column");
    }
    Field& field = fields[number - 1];
    if (tag != tag_of(number, wire_of(form))) return broken("a field is not of its column's type");
    if (!field.null) return broken("a column comes twice in a row");
    field.null = false;
    record_crc_.add_u32(number);
    return read_value(form, field);
}

Status RecordReader::read_value(FieldForm form, Field& field) {
    switch (form) {
        case FieldForm::kInteger: {
            const auto value = varint();
            if (!value) return broken("a number is cut off or too long");
            field.integer = from_zigzag(*value);
            record_crc_.add_u64(static_cast<uint64_t>(field.integer));
            return {};
        }
        case FieldForm::kBoolean: {
            const auto value = varint();
            if (!value || *value > 1) return broken("a boolean is neither 0 nor 1");
            field.integer = static_cast<int64_t>(*value);
            record_crc_.add_byte(static_cast<uint8_t>(*value));
            return {};
        }
        case FieldForm::kFloat: {
            const auto bytes = take(sizeof(float));
            if (!bytes) return broken("a float is cut off");
            float value;
            std::memcpy(&value, bytes->data(), sizeof value);
            field.real = static_cast<double>(value);
            record_crc_.add(*bytes);
            return {};
        }
        case FieldForm::kDouble: {
            const auto bytes = take(sizeof(double));
            if (!bytes) return broken("a double is cut off");
            std::memcpy(&field.real, bytes->data(), sizeof field.real);
            record_crc_.add(*bytes);
            return {};
        }
        case FieldForm::kBytes: {
            const auto length = varint();
            const auto bytes = length ? take(*length) : std::nullopt;
            if (!bytes) return broken("a text or binary is cut off");
            field.bytes = *bytes;
            record_crc_.add(*bytes);
            return {};
        }
        case FieldForm::kTime: return read_time(field);
        case FieldForm::kNone: break;
    }
    return broken("a column's type cannot be read");
}

Status RecordReader::read_time(Field& field) {
    const auto seconds = varint();
    const auto nanos = seconds ? varint() : std::nullopt;
    if (!nanos) return broken("a time is cut off");
    const int64_t plain = from_zigzag(*nanos);
    if (plain < 0 || plain > 999'999'999) return broken("a time has odd nanoseconds");
    field.integer = from_zigzag(*seconds);
    field.nanos = static_cast<int32_t>(plain);
    record_crc_.add_u64(static_cast<uint64_t>(field.integer));
    record_crc_.add_u32(static_cast<uint32_t>(field.nanos));
    return {};
}

// Some writers extend the sign of the 32 bits to 64.
Status RecordReader::read_checksum(uint32_t expected, const char* of) {
    const std::optional<uint64_t> read = varint();
    if (!read) return broken("a checksum is cut off");
    const uint64_t high = *read >> 32;
    const bool extended = high == UINT32_MAX && (*read & 0x8000'0000) != 0;
    if (static_cast<uint32_t>(*read) == expected && (high == 0 || extended)) return {};
    return broken(std::string("the checksum of ") + of + " is wrong");
}

Status RecordReader::end_record() {
    MILLRACE_TRY(read_checksum(record_crc_.value(), "a row"));
    stream_crc_.add_u32(record_crc_.value());
    ++records_;
    return {};
}

Status RecordReader::footer() {
    const auto count = varint();
    if (!count || from_zigzag(*count) != static_cast<int64_t>(records_)) {
        return broken("the number of rows is not what it says");
    }
    std::optional<uint64_t> tag = varint();
    while (tag && (*tag == kMetrics || *tag == kMetricsEnd)) {
        const auto value = varint();
        if (!value || (*tag == kMetrics && !take(*value))) return broken("its metrics are cut off");
        tag = varint();
    }
    if (tag != kStreamChecksum) return broken("its checksum is missing");
    MILLRACE_TRY(read_checksum(stream_crc_.value(), "the stream"));
    if (at_ != end_) return broken("something follows its end");
    return {};
}

Result<uint64_t> check_stream(std::span<const Column> columns, std::string_view stream) {
    RecordReader reader(columns, stream);
    std::vector<Field> fields;
    for (;;) {
        MILLRACE_ASSIGN(const bool more, reader.next(fields));
        if (!more) return reader.records();
    }
}

}  // namespace millrace::maxcompute
