#include "common/codec/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "common/base/fakes/fake_random.h"

namespace millrace {
namespace {

std::string gunzip(std::string_view bytes, size_t room) {
    std::string text(room + 1, '\0');
    z_stream stream{};
    inflateInit2(&stream, 15 + 16);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    text.resize(stream.total_out);
    inflateEnd(&stream);
    return text;
}

TEST(Gzip, ReadsBackWhateverWasPacked) {
    FakeRandom random;
    Buffer out;
    for (const size_t size : {0, 1, 100, 70000, 5'000'000}) {
        std::string plain(size, 'a'), noise(size, 'a');
        for (char& c : noise) c = static_cast<char>(random.next());
        for (const std::string& text : {plain, noise}) {
            gzip(text, out);
            EXPECT_EQ(gunzip(out.view(), size), text) << size;
        }
    }
}

}  // namespace
}  // namespace millrace
