// Record streams and answers with random damage: our decoders refuse or take them, and stay inside
// of the bytes (the sanitizer build sees it when they do not).
#include <memory>
#include <random>

#include "common/services/maxcompute/answers.h"
#include "common/services/maxcompute/reply.h"
#include "tests/golden/maxcompute_golden.h"

namespace millrace::maxcompute {
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

TEST(MaxcomputeMutation, DamagedStreamsNeverLeadOutsideAndNeverPass) {
    MILLRACE_GOLDEN_MAXCOMPUTE(vectors, "record-streams.json");
    std::mt19937_64 random(11);
    size_t refused = 0;
    for (const auto& one : vectors) {
        const std::vector<Column> columns = golden_columns(one["columns"]);
        const std::string whole = from_hex(one["hex"].get<std::string>());
        for (int round = 0; round < 300; ++round) {
            const std::string bytes = damaged(whole, random);
            // A block of exactly the bytes' size.
            const std::unique_ptr<char[]> exact(new char[bytes.size()]);
            std::copy(bytes.begin(), bytes.end(), exact.get());
            const auto rows = check_stream(columns, {exact.get(), bytes.size()});
            if (bytes == whole || !all_plain(columns)) continue;
            // The same values in longer numbers are no damage.
            if (rows.ok()) {
                EXPECT_EQ(decode_golden(columns, bytes), one["rows"]) << one["name"];
            }
            refused += !rows.ok();
        }
    }
    EXPECT_GT(refused, 10'000u);
}

TEST(MaxcomputeMutation, DamagedAnswersGiveAFailureOrAnAnswer) {
    std::mt19937_64 random(12);
    for (const char* file : {"exchange-java-0.52.3-public-upload-3-blocks.json",
                             "exchange-pyodps-0.13.2-list-partitions.json",
                             "exchange-java-0.52.3-public-get-table-schema.json",
                             "exchange-pyodps-0.13.2-sql-error.json"}) {
        MILLRACE_GOLDEN_MAXCOMPUTE(vectors, file);
        for (const auto& one : vectors["exchanges"]) {
            const std::string body = from_hex(one["response"]["body_hex"].get<std::string>());
            for (int round = 0; round < 20; ++round) {
                HttpAnswer answer;
                answer.status = round % 2 ? 200 : 400;
                answer.body.append(damaged(body, random));
                (void)status_of(answer, "do it");
                (void)read_table(answer);
                (void)read_partitions(answer);
                (void)read_upload(answer);
                (void)read_download(answer);
                (void)read_task(answer);
                (void)read_tunnel_address(answer);
            }
        }
    }
}

}  // namespace
}  // namespace millrace::maxcompute
