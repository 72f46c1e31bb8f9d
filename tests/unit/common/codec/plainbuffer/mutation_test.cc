// Damaged bytes from outside: nothing crashes, nothing outside of the bytes is read (the sanitizer
// build sees that), and damage that a checksum covers never passes.
#include <gtest/gtest.h>

#include <memory>

#include "common/codec/plainbuffer/reader.h"
#include "common/codec/plainbuffer/writer.h"
#include "tests/unit/common/codec/plainbuffer/rows.h"

namespace millrace::plainbuffer {
namespace {

// Bytes in a block of exactly their size, so that a read behind them is seen.
class Exact {
  public:
    explicit Exact(std::string_view bytes) : bytes_(new char[bytes.size()]), size_(bytes.size()) {
        std::copy(bytes.begin(), bytes.end(), bytes_.get());
    }
    std::string_view view() const { return {bytes_.get(), size_}; }

  private:
    std::unique_ptr<char[]> bytes_;
    size_t size_;
};

void read_all_ways(std::string_view bytes) {
    const Exact exact(bytes);
    Row row;
    (void)read_record(exact.view(), row);
    (void)read_row(exact.view(), row);
    (void)read_bare_value(exact.view());
    RowReader reader(exact.view());
    for (Result<bool> more = reader.next(row); more.ok() && *more;) more = reader.next(row);
}

std::string mutated(std::string bytes, test::RowMaker& maker) {
    for (uint64_t changes = 1 + maker.below(3); changes > 0 && !bytes.empty(); --changes) {
        const size_t at = maker.below(bytes.size());
        switch (maker.below(5)) {
            case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << maker.below(8))); break;
            case 1: bytes[at] = static_cast<char>(maker.below(256)); break;
            case 2: bytes.resize(at); break;
            case 3: bytes.erase(at, 1 + maker.below(8)); break;
            default: bytes.insert(at, bytes.substr(maker.below(bytes.size()), 9)); break;
        }
    }
    return bytes;
}

TEST(PlainBufferMutation, DamagedRowsNeverLeadOutside) {
    test::RowMaker maker(2026);
    for (int round = 0; round < 20'000; ++round) {
        test::RowMaker rows(static_cast<uint64_t>(round));
        std::string bytes = encode_row(rows.row(round % 2 == 0));
        if (round % 3 == 0) bytes += encode_row(rows.row(true)).substr(4);
        read_all_ways(mutated(std::move(bytes), maker));
    }
}

TEST(PlainBufferMutation, TruncatedRecordsAreRefusedAtEveryLength) {
    for (uint64_t seed = 0; seed < 30; ++seed) {
        test::RowMaker maker(seed);
        const std::string bytes = encode_row(maker.row(true));
        for (size_t size = 0; size < bytes.size(); ++size) {
            const Exact exact(std::string_view(bytes).substr(0, size));
            Row row;
            ASSERT_EQ(read_record(exact.view(), row).code(), Code::kCorrupt) << seed << " " << size;
        }
    }
}

// A flipped bit is refused or changes nothing, except in the sequence, which no checksum covers.
TEST(PlainBufferMutation, AFlippedBitIsSeenOutsideOfTheSequence) {
    for (uint64_t seed = 0; seed < 60; ++seed) {
        test::RowMaker maker(seed);
        const Row row = maker.row(true);
        std::string bytes = encode_row(row);
        for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
            Row read;
            if (read_record(bytes, read).ok()) {
                read.sequence = row.sequence;
                ASSERT_TRUE(test::equal(read, row)) << "seed " << seed << " bit " << bit;
            }
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
        }
    }
}

}  // namespace
}  // namespace millrace::plainbuffer
