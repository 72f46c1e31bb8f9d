#include "common/codec/parquet/arrow/leaf.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "common/codec/utf8.h"
#include "common/record/convert.h"

namespace millrace::parquet {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are Parquet's PLAIN encoding");

constexpr int64_t kDayMillis = 86'400'000;
constexpr int64_t kJulianDayOf1970 = 2'440'588;

size_t width_of(const Node& node) {
    switch (node.physical) {
        case Physical::kBoolean: return 1;
        case Physical::kInt32:
        case Physical::kFloat: return 4;
        case Physical::kInt64:
        case Physical::kDouble: return 8;
        case Physical::kInt96: return 12;
        case Physical::kFixedBytes: return static_cast<size_t>(node.length);
        default: return 0;
    }
}

// The least and the most that an integer column takes.
std::pair<int64_t, int64_t> range_of(const Node& node) {
    const int all = node.physical == Physical::kInt32 ? 32 : 64;
    const int bits = node.bits == 0 ? all : node.bits;
    if (!node.is_signed) {
        return {0, bits == 64 ? std::numeric_limits<int64_t>::max() : (int64_t{1} << bits) - 1};
    }
    if (bits == 64) {
        return {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
    }
    return {-(int64_t{1} << (bits - 1)), (int64_t{1} << (bits - 1)) - 1};
}

}  // namespace

Leaf::Form Leaf::form_of(const Node& node) {
    switch (node.logical) {
        case Logical::kText: return Form::kText;
        case Logical::kDate: return Form::kDate;
        case Logical::kDecimal: return Form::kDecimal;
        case Logical::kTimestampMillis: return Form::kMillis;
        case Logical::kTimestampMicros: return Form::kMicros;
        default: break;
    }
    switch (node.physical) {
        case Physical::kBoolean: return Form::kBoolean;
        case Physical::kInt32:
        case Physical::kInt64: return Form::kInteger;
        case Physical::kFloat: return Form::kFloat;
        case Physical::kDouble: return Form::kDouble;
        case Physical::kInt96: return Form::kInt96;
        case Physical::kFixedBytes: return Form::kFixedBytes;
        default: return Form::kBytes;
    }
}

Leaf::Leaf(const Node& node, Levels most, const Dates& dates)
    : node_(node), most_(most), dates_(dates), form_(form_of(node)), width_(width_of(node)) {
    values_.reserve(4096);
}

const char* Leaf::append(const Value& value, Levels levels) {
    if (const char* reason = put_value(value)) return reason;
    push(levels);
    return nullptr;
}

const char* Leaf::put_value(const Value& value) {
    switch (form_) {
        case Form::kText: return put_text(value);
        case Form::kInteger: return put_integer(value);
        case Form::kDouble:
        case Form::kFloat: {
            double real = 0;
            if (const char* reason = to_real(value, real)) return reason;
            form_ == Form::kDouble ? put(real) : put(static_cast<float>(real));
            return nullptr;
        }
        case Form::kBoolean: {
            bool boolean = false;
            if (const char* reason = to_boolean(value, boolean)) return reason;
            put(boolean);
            return nullptr;
        }
        case Form::kBytes: return put_bytes(dates_.text_of(value, memory_));
        case Form::kFixedBytes: {
            const std::string_view bytes = dates_.text_of(value, memory_);
            if (bytes.size() != width_) return "does not have the length of its column";
            values_.append(bytes);
            return nullptr;
        }
        case Form::kDate: {
            const std::optional<int64_t> days = dates_.days_of(value);
            if (!days) return "cannot be read as a date";
            put(static_cast<int32_t>(*days));
            return nullptr;
        }
        case Form::kMillis:
        case Form::kMicros:
        case Form::kInt96: return put_moment(value);
        case Form::kDecimal: return put_decimal(value);
    }
    return nullptr;
}

const char* Leaf::put_integer(const Value& value) {
    int64_t integer = value.integer;
    const bool time = value.type == ValueType::kDatetime || value.type == ValueType::kDate;
    if (!time) {
        if (const char* reason = to_integer(value, integer)) return reason;
    }
    const auto [least, most] = range_of(node_);
    if (integer < least || integer > most) return "is out of the range of the column's type";
    if (width_ == 8) {
        put(integer);
    } else {
        put(static_cast<uint32_t>(integer));
    }
    return nullptr;
}

const char* Leaf::put_moment(const Value& value) {
    const std::optional<int64_t> instant = dates_.millis_of(value);
    if (!instant) return "cannot be read as a time";
    // A column without instants holds what a clock in the job's zone shows.
    const int64_t millis = node_.utc ? *instant : dates_.to_face(*instant);
    if (form_ == Form::kMillis) {
        put(millis);
    } else if (form_ == Form::kMicros) {
        put(millis * 1000);
    } else {
        const int64_t days = (millis >= 0 ? millis : millis - kDayMillis + 1) / kDayMillis;
        put((millis - days * kDayMillis) * 1'000'000);
        put(static_cast<uint32_t>(days + kJulianDayOf1970));
    }
    return nullptr;
}

const char* Leaf::put_decimal(const Value& value) {
    const std::optional<Int128> decimal = decimal_of(value, node_.precision, node_.scale);
    if (!decimal) return "cannot be read as a decimal, or has more digits than its column";
    if (node_.physical == Physical::kInt32) {
        put(static_cast<int32_t>(*decimal));
        return nullptr;
    }
    if (node_.physical == Physical::kInt64) {
        put(static_cast<int64_t>(*decimal));
        return nullptr;
    }
    // Big-endian, in two's complement.
    char bytes[16];
    for (int i = 0; i < 16; ++i) bytes[15 - i] = static_cast<char>(*decimal >> (8 * i));
    if (width_ == 0) return put_bytes({bytes, sizeof bytes});
    for (size_t i = sizeof bytes; i < width_; ++i) put(static_cast<char>(*decimal < 0 ? -1 : 0));
    const size_t tail = std::min(width_, sizeof bytes);
    values_.append({bytes + sizeof bytes - tail, tail});
    return nullptr;
}

const char* Leaf::put_text(const Value& value) {
    if (value.type == ValueType::kBinary && !is_utf8(value.bytes)) {
        return "is not UTF-8 text; give its column the type binary";
    }
    if (value.type == ValueType::kString) [[likely]]
        return put_bytes(value.bytes);
    return put_bytes(dates_.text_of(value, memory_));
}

const char* Leaf::put_bytes(std::string_view bytes) {
    if (bytes.size() > std::numeric_limits<int32_t>::max()) return "is larger than 2 GiB";
    values_.append(bytes);
    lengths_.push_back(static_cast<uint32_t>(bytes.size()));
    return nullptr;
}

Leaf::LastRow Leaf::last_row() const {
    LastRow row;
    for (size_t i = entries_; i-- > 0;) {
        ++row.entries;
        row.values += has_value(i) ? 1 : 0;
        if (most_.repetition == 0 || repetitions_[i] == 0) break;
    }
    return row;
}

void Leaf::drop_row() {
    const LastRow row = last_row();
    size_t bytes = row.values * width_;
    if (width_ == 0) {
        for (size_t i = 0; i < row.values; ++i) {
            bytes += lengths_.back();
            lengths_.pop_back();
        }
    }
    values_.truncate(values_.size() - bytes);
    entries_ -= row.entries;
    if (most_.definition > 0) definitions_.resize(entries_);
    if (most_.repetition > 0) repetitions_.resize(entries_);
    --rows_;
}

void Leaf::add_last_row(Buffer& to) const {
    const LastRow row = last_row();
    size_t length = lengths_.size() - (width_ == 0 ? row.values : 0);
    size_t bytes = row.values * width_;
    if (width_ == 0) {
        for (size_t i = length; i < lengths_.size(); ++i) bytes += lengths_[i];
    }
    char* const begin = to.room(4 + row.entries * 2 + row.values * 4 + bytes);
    char* at = begin;
    const auto add = [&](const void* from, size_t size) {
        std::memcpy(at, from, size);
        at += size;
    };
    const auto count = static_cast<uint32_t>(row.entries);
    if (most_.repetition > 0) add(&count, sizeof count);
    const char* value = values_.data() + values_.size() - bytes;
    for (size_t i = entries_ - row.entries; i < entries_; ++i) {
        if (most_.repetition > 0) *at++ = static_cast<char>(repetitions_[i]);
        if (most_.definition > 0) *at++ = static_cast<char>(definitions_[i]);
        if (!has_value(i)) continue;
        const size_t size = width_ > 0 ? width_ : lengths_[length];
        if (width_ == 0) add(&lengths_[length++], sizeof(uint32_t));
        if (size > 0) add(value, size);
        value += size;
    }
    to.commit(static_cast<size_t>(at - begin));
}

template <typename Type>
void Leaf::write_array(::parquet::ColumnWriter& column) {
    static_cast<::parquet::TypedColumnWriter<Type>&>(column).WriteBatch(
        static_cast<int64_t>(entries_), definitions(), repetitions(),
        reinterpret_cast<const typename Type::c_type*>(values_.data()));
}

// Of values that Arrow wants as pointers: a few at a time. A row is not cut.
template <typename Type, typename Make>
void Leaf::write_pieces(::parquet::ColumnWriter& column, Make make) {
    constexpr size_t kPiece = 1024;
    auto& typed = static_cast<::parquet::TypedColumnWriter<Type>&>(column);
    std::vector<typename Type::c_type> values;
    for (size_t begin = 0; begin < entries_;) {
        values.clear();
        size_t end = begin;
        for (; end < entries_; ++end) {
            const bool new_row = most_.repetition == 0 || repetitions_[end] == 0;
            if (end - begin >= kPiece && new_row) break;
            if (has_value(end)) values.push_back(make());
        }
        typed.WriteBatch(static_cast<int64_t>(end - begin),
                         definitions() ? definitions() + begin : nullptr,
                         repetitions() ? repetitions() + begin : nullptr, values.data());
        begin = end;
    }
}

void Leaf::write(::parquet::ColumnWriter& column) {
    const auto* at = reinterpret_cast<const uint8_t*>(values_.data());
    switch (node_.physical) {
        case Physical::kBoolean: write_array<::parquet::BooleanType>(column); break;
        case Physical::kInt32: write_array<::parquet::Int32Type>(column); break;
        case Physical::kInt64: write_array<::parquet::Int64Type>(column); break;
        case Physical::kInt96: write_array<::parquet::Int96Type>(column); break;
        case Physical::kFloat: write_array<::parquet::FloatType>(column); break;
        case Physical::kDouble: write_array<::parquet::DoubleType>(column); break;
        case Physical::kBytes:
            write_pieces<::parquet::ByteArrayType>(column, [&, i = size_t{0}]() mutable {
                const ::parquet::ByteArray bytes(lengths_[i++], at);
                at += bytes.len;
                return bytes;
            });
            break;
        case Physical::kFixedBytes:
            write_pieces<::parquet::FLBAType>(column, [&] {
                const ::parquet::FixedLenByteArray bytes(at);
                at += width_;
                return bytes;
            });
            break;
    }
    clear();
}

void Leaf::clear() {
    definitions_.clear();
    repetitions_.clear();
    lengths_.clear();
    values_.clear();
    entries_ = rows_ = 0;
}

}  // namespace millrace::parquet
