// Damaged csv and gzip never lead a reader outside of its bytes, nor into a standstill.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

#include "common/codec/csv_reader.h"
#include "common/codec/dates.h"
#include "common/codec/gunzip.h"
#include "common/codec/gzip.h"
#include "common/codec/number_text.h"

namespace millrace {
namespace {

// On the heap in exactly its size.
class Exact {
  public:
    explicit Exact(std::string_view text) : bytes_(new char[text.size()]), size_(text.size()) {
        std::copy(text.begin(), text.end(), bytes_.get());
    }
    std::string_view view() const { return {bytes_.get(), size_}; }

  private:
    std::unique_ptr<char[]> bytes_;
    size_t size_;
};

std::string damaged_csv(std::string text, std::mt19937_64& random) {
    const std::string odd = "\",\n\r\xEF\xBB\xBF|\0x";
    for (size_t i = random() % 6; i-- > 0 && !text.empty();) {
        const size_t at = random() % text.size();
        switch (random() % 3) {
            case 0: text[at] = odd[random() % odd.size()]; break;
            case 1: text.erase(at, random() % 40); break;
            default: text.insert(at, 1, odd[random() % odd.size()]);
        }
    }
    return text;
}

// How many bytes the records cover.
size_t read_all(std::string_view bytes, CsvDialect dialect, bool last) {
    CsvSplitter splitter(dialect, true);
    CsvRecord record;
    size_t covered = 0;
    while (covered < bytes.size() && splitter.next(bytes.substr(covered), last, record)) {
        EXPECT_FALSE(record.raw.empty());
        if (record.raw.empty()) break;
        covered += record.raw.size();
        size_t fields = 0;
        for (const std::string_view field : record.fields) {
            fields += field.size();
            (void)read_integer(field);
            (void)read_double(field);
        }
        EXPECT_LE(fields, record.raw.size());
    }
    return covered;
}

TEST(CsvMutation, RecordsCoverTheBytesWhateverTheyAre) {
    std::mt19937_64 random(1);
    const std::string seeds[] = {
        "\xEF\xBB\xBFid,name\n1,\"a,\"\"b\"\"\n\"\n2,\n\n",
        "\"" + std::string(70, 'x') + "\"," + std::string(130, 'y') + "\r\n\"\"\"\"\n",
        "1|2|3\n4|5",
    };
    for (int i = 0; i < 30'000; ++i) {
        const Exact bytes(damaged_csv(seeds[random() % 3], random));
        const CsvDialect dialect{random() % 4 != 0, random() % 3 ? ',' : '|'};
        EXPECT_EQ(read_all(bytes.view(), dialect, true), bytes.view().size());
        EXPECT_LE(read_all(bytes.view(), dialect, false), bytes.view().size());
    }
}

TEST(CsvMutation, DatesOfAnyTextAreReadOrNot) {
    std::mt19937_64 random(2);
    const UsualDates dates = *UsualDates::create("Asia/Shanghai");
    for (int i = 0; i < 3'000; ++i) {
        const Exact text(damaged_csv("2026-11-21T10:00:05.000+08:00", random));
        (void)dates.read(text.view().substr(0, random() % 30));
    }
}

TEST(CsvMutation, DamagedGzipIsRefusedOrReadInFull) {
    std::mt19937_64 random(3);
    Buffer zipped, out;
    gzip(std::string(3000, 'a') + std::string(500, 'b'), zipped);
    for (int i = 0; i < 3'000; ++i) {
        const Exact bytes(damaged_csv(std::string(zipped.view()), random));
        Gunzip gunzip;
        std::string_view rest = bytes.view();
        for (int step = 0; step < 1000; ++step) {
            const Result<size_t> used = gunzip.next(rest, 1 + random() % 700, out);
            if (!used.ok() || (*used == 0 && out.empty())) break;
            ASSERT_LT(step, 999) << "it does not end";
            rest.remove_prefix(*used);
        }
    }
}

}  // namespace
}  // namespace millrace
