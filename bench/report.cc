#include "bench/report.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace millrace::bench {
namespace {

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, value >= 1000 ? "%.0f" : "%.2f", value);
    return text;
}

// "goal 1.10, milestone 2.20, floor 0.50"
std::string compared(const Figure& figure) {
    std::string text;
    const auto add = [&](const char* name, const std::optional<double>& value) {
        if (value) text += (text.empty() ? "" : ", ") + std::string(name) + " " + number(*value);
    };
    add("goal", figure.goal);
    add("milestone", figure.milestone);
    add("floor", figure.floor);
    return text;
}

}  // namespace

void print_text(const std::string& workload, const Figures& figures) {
    for (const Figure& figure : figures) {
        const std::string value = figure.measured ? number(figure.value) : "not measured";
        std::printf("%-12s %-17s %12s %-10s %-40s %s\n", workload.c_str(), figure.name.c_str(),
                    value.c_str(), figure.unit.c_str(), compared(figure).c_str(),
                    figure.note.c_str());
    }
    std::fflush(stdout);
}

void print_json(const std::string& workload, const Figures& figures) {
    for (const Figure& figure : figures) {
        nlohmann::ordered_json line = {{"workload", workload}, {"figure", figure.name}};
        line["value"] = figure.measured ? nlohmann::ordered_json(figure.value) : nullptr;
        line["unit"] = figure.unit;
        if (figure.goal) line["goal"] = *figure.goal;
        if (figure.milestone) line["milestone"] = *figure.milestone;
        if (figure.floor) line["floor"] = *figure.floor;
        if (!figure.note.empty()) line["note"] = figure.note;
        std::printf("%s\n", line.dump().c_str());
    }
    std::fflush(stdout);
}

}  // namespace millrace::bench
