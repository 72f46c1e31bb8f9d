// Scripts with random damage: the parser must end, and must never show a secret.
#include <gtest/gtest.h>

#include "common/base/fakes/fake_random.h"
#include "common/config/script_writer.h"
#include "common/config/text_reader.h"
#include "tests/unit/common/config/transfer_text.h"

namespace millrace {
namespace {

// Our own script with all the oddities of the documents.
std::string odd_script() {
    std::string text = oss_script();
    text = replaced(text, "\"endTimeString\": \"${end_time}\",",
                    "\"endTimeString \": \"${end_time}\"\",  结束时间:end_time");
    text = replaced(text, "\"maxRetries\": 30", "“maxRetries”: \"30\", # 最大 # #");
    text = replaced(text, "\"datasource\": \"school\",",
                    "\"endpoint\": \"https://a.example\", \"instanceName\": \"school.\", // x\n"
                    "\"accessId\": \"id\", \"accessKey\": \"canary-ots-key\",");
    return replaced(text, "{\"name\": \"name\"} ]", "{\"name\": \"name\"}, ] /* end */");
}

std::string mutated(std::string text, Random& random) {
    static constexpr std::string_view kLikely = "{}[]\",:#/\\ \n$0a-";
    for (uint64_t n = 1 + random.below(2); n > 0 && !text.empty(); --n) {
        const size_t at = random.below(text.size());
        switch (random.below(5)) {
            case 0: text.erase(at, 1 + random.below(3)); break;
            case 1: text.insert(at, 1, kLikely[random.below(kLikely.size())]); break;
            case 2: text[at] = static_cast<char>(random.next()); break;
            case 3:
                text.insert(at, text.substr(random.below(text.size()), random.below(40)));
                break;
            default: text[at] = kLikely[random.below(kLikely.size())]; break;
        }
    }
    return text;
}

// A mutation may break the canary itself; its middle is long enough to be told.
constexpr std::string_view kCanaries[] = {"anary-ots-ke", "anary-odps-ke", "anary-app-ke",
                                          "anary-oss-ke", "anary-search-ke"};

TEST(JobMutationTest, DamagedScriptsNeitherCrashNorShowSecrets) {
    FakeRandom random(20'171'107);
    const std::string scripts[] = {odd_script(),       search_script(),     oss_script(),
                                   cells_to_odps(),    table_to_odps(),     stream_to_app(),
                                   objects_to_table(), versions_to_table(), odps_to_cells(),
                                   odps_to_search(),   stream_to_parquet()};
    size_t good = 0;
    for (int i = 0; i < 10'000; ++i) {
        JobRequest request = oss_request();
        request.variables.push_back({"startTime", "20171107143000"});
        request.variables.push_back({"endTime", "20171107144000"});
        request.text = mutated(scripts[random.below(std::size(scripts))], random);
        if (random.below(4) == 0) request.sources->text = mutated(request.sources->text, random);
        request.next = random.below(8) == 0;
        const ParsedJob parsed = parse_job(request);
        std::string shown = text_of(parsed.findings);
        if (parsed.job) {
            ++good;
            shown += parsed.job->text_without_secrets + parsed.job->identity;
        } else {
            ASSERT_FALSE(parsed.status().ok()) << request.text;
        }
        for (const std::string_view canary : kCanaries) {
            ASSERT_EQ(shown.find(canary), std::string::npos) << request.text << "\n" << shown;
        }
    }
    EXPECT_GT(good, 500u);  // many changes do no harm: a test that only fails early is no test
}

TEST(JobMutationTest, TidyScriptsReadBackAsTheSameTree) {
    FakeRandom random(7);
    size_t compared = 0;
    for (int i = 0; i < 2000; ++i) {
        const std::string text = mutated(odd_script(), random);
        Findings findings("job");
        std::vector<Comment> comments;
        const Node root = read_text(text, findings, &comments);
        if (findings.failed()) continue;
        const std::string tidy = write_script(root, comments, {.mask_secrets = false});
        Findings again("tidy");
        std::vector<Comment> kept;
        const Node read = read_text(tidy, again, &kept);
        ASSERT_EQ(text_of(again.sorted()), "") << tidy;
        ASSERT_EQ(to_json(read).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                  to_json(root).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))
            << tidy;
        ASSERT_EQ(write_script(read, kept, {.mask_secrets = false}), tidy);
        ++compared;
    }
    EXPECT_GT(compared, 200u);
}

TEST(ScriptWriterTest, KeepsCommentsAndMasksSecrets) {
    Findings findings("job");
    std::vector<Comment> comments;
    const Node root = read_text(odd_script(), findings, &comments);
    ASSERT_FALSE(findings.failed());
    const std::string shown = write_script(root, comments, {.mask_secrets = true});
    EXPECT_EQ(shown.find("canary"), std::string::npos) << shown;
    EXPECT_NE(shown.find("\"accessKey\": \"***\""), std::string::npos) << shown;
    EXPECT_NE(shown.find("\"endTimeString\": \"${end_time}\",  # 结束时间:end_time\n"),
              std::string::npos)
        << shown;
    EXPECT_NE(shown.find("# end"), std::string::npos) << shown;
    EXPECT_NE(write_script(root, comments, {.mask_secrets = false}).find("canary-ots-key"),
              std::string::npos);
}

}  // namespace
}  // namespace millrace
