// The same job by an existing DataX and by `millrace run`, in turn, against the same stand-in.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "bench/goals.h"
#include "bench/measure.h"
#include "bench/standin.h"
#include "common/base/random.h"

namespace millrace::bench {

using nlohmann::json;

namespace {

namespace fs = std::filesystem;

constexpr uint64_t kRecordsMin = 1'000'000;
constexpr int kSleepIntervalMs = 100;  // the default of 10 s would be most of the time

// One script for both; `core` is DataX's own, `responseMd5` ours.
json script(const Standin& cloud, const std::string& object, bool md5) {
    json columns = json::array();
    for (const char* name : {"uid", "name", "phone_number", "content"}) {
        columns.push_back({{"name", name}});
    }
    const json reader = {{"endpoint", cloud.ots},
                         {"accessId", Standin::kAccessId},
                         {"accessKey", Standin::kAccessKey},
                         {"instanceName", "school"},
                         {"dataTable", "user_info"},
                         {"statusTable", "TableStoreStreamReaderStatusTable"},
                         {"startTimestampMillis", to_millis(cloud.window.start)},
                         {"endTimestampMillis", to_millis(cloud.window.end)},
                         {"mode", "single_version_and_update_only"},
                         {"isExportSequenceInfo", false},
                         {"maxRetries", 2},
                         {"responseMd5", md5 ? "on" : "off"},
                         {"column", columns}};
    const json writer = {{"endpoint", cloud.oss},
                         {"accessId", Standin::kAccessId},
                         {"accessKey", Standin::kAccessKey},
                         {"bucket", "school-backup"},
                         {"object", object},
                         {"writeMode", "truncate"},
                         {"fileFormat", "csv"},
                         {"fieldDelimiter", ","}};
    return {{"core",
             {{"container",
               {{"job", {{"sleepInterval", kSleepIntervalMs}}},
                {"taskGroup", {{"sleepInterval", kSleepIntervalMs}}}}}}},
            {"job",
             {{"setting", {{"speed", {{"channel", 1}}}, {"errorLimit", {{"record", 0}}}}},
              {"content",
               {{{"reader", {{"name", "otsstreamreader"}, {"parameter", reader}}},
                 {"writer", {{"name", "osswriter"}, {"parameter", writer}}}}}}}}};
}

Figure not_measured(std::string note) {
    Figure figure{"millrace_ratio", 0, "x"};
    figure.goal = kDataxRatioGoal;
    figure.measured = false;
    figure.note = std::move(note);
    return figure;
}

struct Side {
    std::string name;
    std::vector<std::string> words;
    bool md5 = false;
    std::vector<double> cpu_us, resident_mib;
};

// Fresh names each round, so that nobody finds the work done.
Status run_side(const Options& options, const Standin& cloud, const std::string& folder, int number,
                Side& side) {
    const std::string object = side.name + std::to_string(number);
    const std::string file = folder + "/" + object;
    std::ofstream(file + ".json") << script(cloud, object, side.md5).dump(1);
    std::vector<std::string> words = side.words;
    words.push_back(file + ".json");
    if (side.name != "datax") words.insert(words.end(), {"--state", file + ".state"});
    MILLRACE_ASSIGN(const Ended ended, run_program(words, file + ".log"));
    if (ended.exit_code != 0) return fatal_error(side.name + " failed: see " + file + ".log");
    side.cpu_us.push_back(ended.cpu_us / static_cast<double>(options.datax_records));
    side.resident_mib.push_back(ended.resident_mib);
    return {};
}

void report(const Side& side, const Side& datax, Figures& figures) {
    const double cpu = median(side.cpu_us);
    figures.push_back({side.name + "_cpu", cpu, "us/record"});
    figures.push_back({side.name + "_resident", median(side.resident_mib), "MiB"});
    if (&side == &datax) return;
    Figure ratio{side.name + "_ratio", median(datax.cpu_us) / cpu, "x"};
    ratio.goal = kDataxRatioGoal;
    ratio.note = side.md5 ? "the MD5 of every answer is checked, which DataX does not do"
                          : "CPU of whole processes, the start of the Java VM included";
    figures.push_back(std::move(ratio));
}

}  // namespace

Result<Figures> run_datax(const Options& options) {
    if (options.datax_home.empty()) {
        return Figures{not_measured("no DataX here; give --datax-home DIR")};
    }
    if (!fs::exists(options.datax_home + "/bin/datax.py")) {
        return config_error(options.datax_home + " holds no bin/datax.py");
    }
    if (options.datax_records < kRecordsMin) {
        return config_error(
            "a comparison with DataX needs at least 1000000 records: its start "
            "alone takes seconds");
    }
    MILLRACE_ASSIGN(const Standin cloud, Standin::start(options.datax_records));
    const std::string folder = fs::temp_directory_path() / ("bench-" + SystemRandom().hex(8));
    fs::create_directory(folder);
    const std::string ours = own_folder() + "/millrace";
    std::vector<Side> sides = {{"datax", {"python3", options.datax_home + "/bin/datax.py"}},
                               {"millrace", {ours, "run"}},
                               {"millrace_md5", {ours, "run"}, true}};
    for (int number = 0; number < options.rounds; ++number) {
        for (Side& side : sides) MILLRACE_TRY(run_side(options, cloud, folder, number, side));
    }
    fs::remove_all(folder);
    Figures figures;
    for (const Side& side : sides) report(side, sides.front(), figures);
    return figures;
}

}  // namespace millrace::bench
