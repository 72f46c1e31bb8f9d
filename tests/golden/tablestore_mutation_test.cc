// Captured answers with random damage: our decoders refuse or take them, and stay inside of the
// bytes (the sanitizer build sees it when they do not).
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "common/codec/plainbuffer/reader.h"
#include "common/services/tablestore/range.h"
#include "common/services/tablestore/reply.h"
#include "common/services/tablestore/stream.h"
#include "tests/golden/tablestore_http.h"
#include "tests/golden/tablestore_messages.h"
#include "tests/golden/tablestore_vectors.h"

namespace millrace {
namespace {

std::string damaged(std::string bytes, std::mt19937_64& random) {
    for (uint64_t changes = 1 + random() % 3; changes > 0 && !bytes.empty(); --changes) {
        const size_t at = random() % bytes.size();
        switch (random() % 4) {
            case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8))); break;
            case 1: bytes[at] = static_cast<char>(random()); break;
            case 2: bytes.erase(at, 1 + random() % 5); break;
            default: bytes.resize(at);
        }
    }
    return bytes;
}

void read_rows(std::string_view bytes) {
    plainbuffer::RowReader reader(bytes);
    plainbuffer::Row row;
    for (Result<bool> more = reader.next(row); more.ok() && *more;) more = reader.next(row);
}

// A block of exactly the bytes' size.
void read_page(const std::string& bytes) {
    const std::unique_ptr<char[]> exact(new char[bytes.size()]);
    std::copy(bytes.begin(), bytes.end(), exact.get());
    tablestore::StreamPage page;
    (void)page.read({exact.get(), bytes.size()});
    plainbuffer::Row row;
    for (const auto& view : page.records) {
        (void)plainbuffer::read_record(view.record, row);
        read_rows(view.record);
    }
    tablestore::RangePage range;
    if (range.read({exact.get(), bytes.size()}).ok()) read_rows(range.rows);
}

TEST(GoldenTablestoreMutation, DamagedAnswersNeverLeadOutside) {
    MILLRACE_TABLESTORE_VECTORS(vectors, "responses.json");
    const google::protobuf::LogSilencer silencer;  // it reports every message it cannot parse
    std::mt19937_64 random(11);
    const auto config = test::golden_config();
    for (const auto& vector : vectors) {
        const std::string action = vector.at("action");
        const std::string body = from_hex(vector.at("body_hex").get<std::string>());
        const int status = vector.at("status").get<int>();
        const int rounds = action == "GetStreamRecord" || action == "GetRange" ? 3000 : 50;
        for (int round = 0; round < rounds; ++round) {
            const std::string bytes = damaged(body, random);
            if (const auto message = test::new_response(action)) {
                (void)message->ParseFromString(bytes);
            }
            read_page(bytes);
            read_rows(bytes);
            const HttpAnswer answer =
                test::answer_of(status, test::headers_of(vector.at("headers")), bytes);
            const Status checked = tablestore::check_answer(config, action, answer, "test");
            if (bytes != body && status == 200) {
                EXPECT_FALSE(checked.ok()) << "the MD5 covers every byte";
            }
        }
    }
}

}  // namespace
}  // namespace millrace
