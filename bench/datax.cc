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

// One script for both; `core` is DataX's own.
json script(const Standin& cloud, const std::string& object) {
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
    Figure figure{"cpu_ratio", 0, "x"};
    figure.goal = kDataxRatioGoal;
    figure.measured = false;
    figure.note = std::move(note);
    return figure;
}

struct Sides {
    std::vector<double> datax, ours, datax_mib, ours_mib;
};

// Fresh names each round, so that neither finds its work done.
Status round(const Options& options, const Standin& cloud, const std::string& folder, int number,
             Sides& sides) {
    const auto run = [&](const std::string& who, std::vector<std::string> words,
                         std::vector<double>& cpu, std::vector<double>& resident) -> Status {
        const std::string name = folder + "/" + who + std::to_string(number);
        std::ofstream(name + ".json") << script(cloud, who + std::to_string(number)).dump(1);
        words.push_back(name + ".json");
        if (who == "millrace") words.insert(words.end(), {"--state", name + ".state"});
        MILLRACE_ASSIGN(const Ended ended, run_program(words, name + ".log"));
        if (ended.exit_code != 0) return fatal_error(who + " failed: see " + name + ".log");
        cpu.push_back(ended.cpu_us / static_cast<double>(options.datax_records));
        resident.push_back(ended.resident_mib);
        return {};
    };
    MILLRACE_TRY(run("datax", {"python3", options.datax_home + "/bin/datax.py"}, sides.datax,
                     sides.datax_mib));
    return run("millrace", {own_folder() + "/millrace", "run"}, sides.ours, sides.ours_mib);
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
    Sides sides;
    for (int number = 0; number < options.rounds; ++number) {
        MILLRACE_TRY(round(options, cloud, folder, number, sides));
    }
    fs::remove_all(folder);
    Figure ratio{"cpu_ratio", median(sides.datax) / median(sides.ours), "x"};
    ratio.goal = kDataxRatioGoal;
    ratio.note = "CPU of whole processes, the start of the Java VM included";
    return Figures{ratio,
                   {"datax_cpu", median(sides.datax), "us/record"},
                   {"millrace_cpu", median(sides.ours), "us/record"},
                   {"datax_resident", median(sides.datax_mib), "MiB"},
                   {"millrace_resident", median(sides.ours_mib), "MiB"}};
}

}  // namespace millrace::bench
