// Rows -> the bytes of a block.
#pragma once

#include <string_view>

#include "common/base/buffer.h"
#include "common/codec/crc32c.h"
#include "common/services/maxcompute/record_format.h"

namespace millrace::maxcompute {

// Appends to one buffer, which outlives it and is touched by nobody else until end_stream(). A
// record is begin_record(), a put_… for each column that is not null, in ascending order, and
// end_record(). No allocation but the buffer's growth. Used by one thread.
class RecordWriter {
  public:
    explicit RecordWriter(Buffer& out) : out_(&out), end_(out.size()) {}

    void begin_record() {
        record_begin_ = out_->size();
        record_crc_.reset();
    }
    // Forgets everything since `before`, a copy of this writer, was taken.
    void go_back_to(const RecordWriter& before) {
        out_->truncate(before.end_);
        *this = before;
    }
    void end_record() {
        char* at = put_varint(out_->room(kNumberMax), kRecordEnd);
        at = put_varint(at, record_crc_.value());
        close(at);
        stream_crc_.add_u32(record_crc_.value());
        ++records_;
        end_ = out_->size();
    }
    // The footer. Without records the stream is legal and empty.
    void end_stream() {
        char* at = put_varint(out_->room(2 * kNumberMax), kRecordCount);
        at = put_varint(at, to_zigzag(static_cast<int64_t>(records_)));
        at = put_varint(at, kStreamChecksum);
        close(put_varint(at, stream_crc_.value()));
    }

    // `number` is the column's, from 1.
    void put_integer(uint32_t number, int64_t value) {  // whole numbers, days, milliseconds, months
        char* at = open(number, WireType::kVarint, kNumberMax);
        record_crc_.add_u64(static_cast<uint64_t>(value));
        close(put_varint(at, to_zigzag(value)));
    }
    void put_boolean(uint32_t number, bool value) {
        char* at = open(number, WireType::kVarint, 1);
        record_crc_.add_byte(value);
        *at++ = value ? 1 : 0;
        close(at);
    }
    void put_float(uint32_t number, float value) {
        uint32_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        char* at = open(number, WireType::kFixed32, sizeof bits);
        record_crc_.add_u32(bits);
        std::memcpy(at, &bits, sizeof bits);
        close(at + sizeof bits);
    }
    void put_double(uint32_t number, double value) {
        uint64_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        char* at = open(number, WireType::kFixed64, sizeof bits);
        record_crc_.add_u64(bits);
        std::memcpy(at, &bits, sizeof bits);
        close(at + sizeof bits);
    }
    void put_bytes(uint32_t number, std::string_view value) {  // texts, binaries, decimals
        char* at = open(number, WireType::kLength, kNumberMax + value.size());
        record_crc_.add(value);
        at = put_varint(at, value.size());
        if (!value.empty()) std::memcpy(at, value.data(), value.size());
        close(at + value.size());
    }
    // Since 1970, rounded down: `nanos` is 0..999'999'999 also before it.
    void put_time(uint32_t number, int64_t seconds, int32_t nanos) {
        char* at = open(number, WireType::kLength, 2 * kNumberMax);
        record_crc_.add_u64(static_cast<uint64_t>(seconds));
        record_crc_.add_u32(static_cast<uint32_t>(nanos));
        at = put_varint(at, to_zigzag(seconds));
        close(put_varint(at, to_zigzag(nanos)));
    }

    uint64_t records() const { return records_; }
    // Of the record since begin_record(), or of the last one.
    std::string_view record_bytes() const { return out_->view().substr(record_begin_); }

  private:
    static constexpr size_t kNumberMax = 15;  // a tag and the longest varint

    static char* put_varint(char* at, uint64_t value) {
        for (; value >= 0x80; value >>= 7) *at++ = static_cast<char>(value | 0x80);
        *at++ = static_cast<char>(value);
        return at;
    }
    char* open(uint32_t number, WireType type, size_t room) {
        record_crc_.add_u32(number);
        return put_varint(out_->room(room + kNumberMax), tag_of(number, type));
    }
    void close(const char* end) {
        out_->commit(static_cast<size_t>(end - (out_->data() + out_->size())));
    }

    Buffer* out_;
    Crc32c record_crc_, stream_crc_;
    size_t end_;  // of the last record
    size_t record_begin_ = 0;
    uint64_t records_ = 0;
};

}  // namespace millrace::maxcompute
