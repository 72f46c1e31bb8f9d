// The main program of every test program.
#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "common/base/log.h"
#include "common/base/log_sink.h"
#include "tests/quiet_log.h"

namespace millrace {
namespace {

struct Kept {
    std::mutex mutex;
    std::string lines;
    bool shown = false;  // as they come
} kept;

void keep(std::string_view line) {
    const std::lock_guard lock(kept.mutex);
    kept.lines += line;
    if (kept.shown) std::fwrite(line.data(), 1, line.size(), stderr);
}

class QuietLog final : public ::testing::EmptyTestEventListener {
    void OnTestStart(const ::testing::TestInfo&) override {
        const std::lock_guard lock(kept.mutex);
        kept.lines.clear();
        log::set_level(log::Level::kWarn);  // whatever the test before has set
    }
    void OnTestEnd(const ::testing::TestInfo& test) override {
        const std::string lines = test_log();
        if (!test.result()->Failed() || kept.shown || lines.empty()) return;
        std::fprintf(stderr, "What %s.%s has logged:\n%s", test.test_suite_name(), test.name(),
                     lines.c_str());
    }
};

}  // namespace

std::string test_log() {
    const std::lock_guard lock(kept.mutex);
    return kept.lines;
}

}  // namespace millrace

int main(int argc, char** argv) {
    ::testing::InitGoogleMock(&argc, argv);
    const char* shown = std::getenv("MILLRACE_TEST_LOG");
    millrace::kept.shown = shown && std::string_view(shown) == "1";
    millrace::log::set_sink(millrace::keep);
    ::testing::UnitTest::GetInstance()->listeners().Append(new millrace::QuietLog);
    return RUN_ALL_TESTS();
}
