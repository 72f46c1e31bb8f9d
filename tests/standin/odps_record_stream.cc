#include "tests/standin/odps_record_stream.h"

#include <cstring>

#include "tests/standin/crc32c.h"
#include "tests/standin/odps_error.h"

namespace millrace::standin {
namespace {

constexpr uint32_t kRecordEnd = 33553408, kRecordCount = 33554430, kStreamCrc = 33554431;
enum Wire : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

[[noreturn]] void malformed(const std::string& why) {
    odps_refuse(400, "MalformedDataStream", "The data stream is malformed: " + why + ".");
}

constexpr uint64_t tag_of(uint32_t field, Wire wire) {
    return uint64_t{field} << 3 | wire;
}

Wire wire_of(const OdpsType& type) {
    switch (type.kind) {
        case OdpsKind::kBigint:
        case OdpsKind::kInt:
        case OdpsKind::kSmallint:
        case OdpsKind::kTinyint:
        case OdpsKind::kBoolean:
        case OdpsKind::kDatetime:
        case OdpsKind::kDate: return kVarint;
        case OdpsKind::kFloat: return kFixed32;
        case OdpsKind::kDouble: return kFixed64;
        default: return kBytes;
    }
}

class Reader {
  public:
    Reader(const std::vector<OdpsColumn>& columns, std::string_view bytes)
        : columns_(columns), rest_(bytes) {}

    std::vector<OdpsRow> run() {
        for (;;) {
            const uint64_t tag = varint();
            if (tag == tag_of(kRecordCount, kVarint)) break;
            if (tag == tag_of(kRecordEnd, kVarint)) {
                end_record();
            } else {
                value(tag >> 3, tag & 7);
            }
        }
        if (begun_) malformed("it ends inside a record");
        if (unzigzag(varint()) != static_cast<int64_t>(rows_.size()))
            malformed("the record count is wrong");
        if (varint() != tag_of(kStreamCrc, kVarint))
            malformed("the checksum of the stream is missing");
        if (checksum() != stream_.value()) malformed("the checksum of the stream is wrong");
        if (!rest_.empty()) malformed("bytes follow the end");
        return std::move(rows_);
    }

  private:
    static int64_t unzigzag(uint64_t value) {
        return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
    }
    uint64_t varint() {
        uint64_t value = 0;
        for (unsigned shift = 0; shift < 70; shift += 7) {
            if (rest_.empty()) malformed("it ends too early");
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= static_cast<uint64_t>(byte & 0x7f) << shift;
            if (byte < 0x80) return value;
        }
        malformed("a number is too long");
    }
    // Of 32 bits; one client extends its sign to 64.
    uint32_t checksum() {
        const uint64_t value = varint();
        const auto low = static_cast<uint32_t>(value);
        const auto extended = static_cast<uint64_t>(int64_t{static_cast<int32_t>(low)});
        if (value != low && value != extended) malformed("a checksum is too long");
        return low;
    }
    std::string_view take(uint64_t size) {
        if (size > rest_.size()) malformed("it ends too early");
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    template <typename Number>
    Number fixed() {
        Number number;
        std::memcpy(&number, take(sizeof number).data(), sizeof number);
        record_.add_number(number);
        return number;
    }

    void begin_record() {
        if (begun_) return;
        row_.assign(columns_.size(), OdpsValue());
        begun_ = true;
    }
    void end_record() {
        begin_record();  // all of it may be null
        for (size_t i = 0; i < columns_.size(); ++i)
            if (!columns_[i].nullable && row_[i].is_null())
                malformed("column " + columns_[i].name + " must not be null");
        if (checksum() != record_.value())
            malformed("the checksum of record " + std::to_string(rows_.size()) + " is wrong");
        stream_.add_number(record_.value());
        record_ = {};
        rows_.push_back(std::move(row_));
        begun_ = false;
    }
    void value(uint64_t field, uint64_t wire) {
        begin_record();
        if (field == 0 || field > columns_.size())
            malformed("there is no column " + std::to_string(field));
        const OdpsColumn& column = columns_[field - 1];
        if (wire != wire_of(column.type)) malformed("column " + column.name + " has another type");
        OdpsValue& to = row_[field - 1];
        if (!to.is_null()) malformed("column " + column.name + " comes twice in a record");
        record_.add_number(static_cast<uint32_t>(field));
        to = read(column.type);
        const std::string flaw = odps_flaw(column.type, to, kOdpsFieldMax);
        if (!flaw.empty()) malformed("column " + column.name + " is " + flaw);
    }

    OdpsValue read(const OdpsType& type) {
        switch (type.kind) {
            case OdpsKind::kBoolean: {
                const uint64_t truth = varint();
                if (truth > 1) malformed("a boolean is neither 0 nor 1");
                record_.add_number(static_cast<uint8_t>(truth));
                return truth == 1;
            }
            case OdpsKind::kFloat: return fixed<float>();
            case OdpsKind::kDouble: return fixed<double>();
            case OdpsKind::kTimestamp:
            case OdpsKind::kTimestampNtz: {
                OdpsTimestamp time;
                time.seconds = unzigzag(varint());
                time.nanos = static_cast<int32_t>(unzigzag(varint()));
                record_.add_number(time.seconds);
                record_.add_number(time.nanos);
                return time;
            }
            case OdpsKind::kArray: return list(type.inside[0]);
            case OdpsKind::kMap: {
                OdpsList all = list(type.inside[0]);
                OdpsList values = list(type.inside[1]);
                if (values.size() != all.size()) malformed("a map lacks keys or values");
                for (OdpsValue& one : values) all.push_back(std::move(one));
                return all;
            }
            case OdpsKind::kStruct: {
                OdpsList all;
                for (const OdpsType& one : type.inside) all.push_back(flagged(one));
                return all;
            }
            default: break;
        }
        if (wire_of(type) == kVarint) {
            const int64_t number = unzigzag(varint());
            record_.add_number(number);
            return number;
        }
        const std::string_view bytes = take(varint());
        record_.add(bytes);
        return std::string(bytes);
    }
    OdpsValue flagged(const OdpsType& type) {
        const char flag = take(1)[0];
        if (flag != 0 && flag != 1) malformed("a null flag is neither 0 nor 1");
        return flag == 1 ? OdpsValue() : read(type);
    }
    OdpsList list(const OdpsType& type) {
        OdpsList all;
        for (uint64_t left = varint(); left > 0; --left) all.push_back(flagged(type));
        return all;
    }

    const std::vector<OdpsColumn>& columns_;
    std::string_view rest_;
    std::vector<OdpsRow> rows_;
    OdpsRow row_;
    bool begun_ = false;
    Crc32c record_, stream_;
};

// Appends to the bytes of a stream.
class Writer {
  public:
    Writer(std::string& to, Crc32c& crc) : to_(to), crc_(crc) {}

    void varint(uint64_t value) {
        for (; value >= 0x80; value >>= 7) to_ += static_cast<char>(value | 0x80);
        to_ += static_cast<char>(value);
    }
    void zigzag(int64_t value) {
        varint((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
    }
    void tag(uint32_t field, Wire wire) { varint(tag_of(field, wire)); }

    void value(const OdpsType& type, const OdpsValue& value) {
        if (const auto* truth = std::get_if<bool>(&value)) {
            varint(*truth);
            crc_.add_number(static_cast<uint8_t>(*truth));
        } else if (const auto* whole = std::get_if<int64_t>(&value)) {
            zigzag(*whole);
            crc_.add_number(*whole);
        } else if (const auto* single = std::get_if<float>(&value)) {
            fixed(*single);
        } else if (const auto* number = std::get_if<double>(&value)) {
            fixed(*number);
        } else if (const auto* text = std::get_if<std::string>(&value)) {
            varint(text->size());
            to_ += *text;
            crc_.add(*text);
        } else if (const auto* time = std::get_if<OdpsTimestamp>(&value)) {
            zigzag(time->seconds);
            zigzag(time->nanos);
            crc_.add_number(time->seconds);
            crc_.add_number(time->nanos);
        } else {
            nested(type, std::get<OdpsList>(value));
        }
    }

  private:
    template <typename Number>
    void fixed(Number number) {
        to_.append(reinterpret_cast<const char*>(&number), sizeof number);
        crc_.add_number(number);
    }
    void flagged(const OdpsType& type, const OdpsValue& one) {
        to_ += one.is_null() ? '\1' : '\0';
        if (!one.is_null()) value(type, one);
    }
    void nested(const OdpsType& type, const OdpsList& list) {
        if (type.kind == OdpsKind::kStruct) {
            for (size_t i = 0; i < list.size(); ++i) flagged(type.inside[i], list[i]);
            return;
        }
        const size_t parts = type.inside.size(), size = list.size() / parts;
        for (size_t part = 0; part < parts; ++part) {
            varint(size);
            for (size_t i = 0; i < size; ++i) flagged(type.inside[part], list[part * size + i]);
        }
    }

    std::string& to_;
    Crc32c& crc_;
};

}  // namespace

std::vector<OdpsRow> read_odps_records(const std::vector<OdpsColumn>& columns,
                                       std::string_view bytes) {
    return Reader(columns, bytes).run();
}

void OdpsRecordWriter::add(const OdpsRow& row, const std::vector<size_t>& at) {
    Crc32c crc;
    Writer writer(bytes_, crc);
    for (uint32_t i = 0; i < types_.size(); ++i) {
        const OdpsValue& value = row[at[i]];
        if (value.is_null()) continue;
        writer.tag(i + 1, wire_of(*types_[i]));
        crc.add_number(i + 1);
        writer.value(*types_[i], value);
    }
    writer.tag(kRecordEnd, kVarint);
    const uint32_t sum = crc.value();
    writer.varint(sum);
    crcs_.append(reinterpret_cast<const char*>(&sum), sizeof sum);
    ++count_;
}

std::string OdpsRecordWriter::finish() {
    Crc32c crc;
    Writer writer(bytes_, crc);
    crc.add(crcs_);
    writer.tag(kRecordCount, kVarint);
    writer.zigzag(static_cast<int64_t>(count_));
    writer.tag(kStreamCrc, kVarint);
    writer.varint(crc.value());
    return std::move(bytes_);
}

}  // namespace millrace::standin
