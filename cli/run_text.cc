#include "cli/run_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "cli/commands.h"
#include "cli/receipt_text.h"
#include "cli/text.h"
#include "coordinator/api/messages.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

constexpr size_t kBarWidth = 20;

// Answers of an older or newer coordinator may lack a member.
std::string member_text(const json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return "";
    return found->is_string() ? found->get<std::string>() : found->dump();
}

std::optional<double> number_of(const json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number()) return {};
    return found->get<double>();
}

std::string count_of(const json& object, const char* name) {
    const std::optional<double> number = number_of(object, name);
    return number && *number >= 0 ? grouped(static_cast<uint64_t>(*number)) : "-";
}

std::string seconds_of(const json& object, const char* name) {
    const std::optional<double> seconds = number_of(object, name);
    return seconds ? duration_text(*seconds) : "-";
}

// "2026-11-21 10:00:00 .. 10:05:00", or "-" for what has no window.
std::string window_text(const json& run) {
    const auto window = run.find("window");
    if (window == run.end() || window->is_null()) return "-";
    if (!window->is_object()) return member_text(run, "window");
    const auto tidy = [&](const char* name) {
        std::string text = member_text(*window, name).substr(0, 19);
        std::replace(text.begin(), text.end(), 'T', ' ');
        return text;
    };
    const std::string start = tidy("start");
    std::string end = tidy("end");
    if (start.size() == 19 && end.size() == 19 && start.substr(0, 10) == end.substr(0, 10))
        end = end.substr(11);
    return start + " .. " + end;
}

// In the list items are counted, in one run they are listed.
struct Items {
    double all = 0, written = 0;
};
Items items_in(const json& run) {
    Items items;
    const auto found = run.find("items");
    if (found != run.end() && found->is_array()) {
        items.all = static_cast<double>(found->size());
        for (const json& item : *found) items.written += member_text(item, "state") == "WRITTEN";
    } else {
        items.all = number_of(run, "items").value_or(0);
        items.written = number_of(run, "itemsWritten").value_or(0);
    }
    return items;
}

// How much of the window lies behind the slowest shard; its lag says where that is.
double slowest_of(const json& run, TimePoint now) {
    const auto window = run.find("window");
    const std::optional<double> lag = number_of(run, "lagSeconds");
    if (window == run.end() || !window->is_object() || !lag) return 0;
    const Result<MillisPoint> start = api::read_time("start", member_text(*window, "start"));
    const Result<MillisPoint> end = api::read_time("end", member_text(*window, "end"));
    if (!start.ok() || !end.ok() || *start >= *end) return 0;
    const double behind = std::chrono::duration<double>(now - *start).count() - *lag;
    const double length = std::chrono::duration<double>(*end - *start).count();
    return std::clamp(behind / length, 0.0, 1.0);
}

double fraction_of(const json& run, TimePoint now) {
    if (const auto told = number_of(run, "progress")) return std::clamp(*told, 0.0, 1.0);
    if (exit_code_of_run(run) == kExitDone) return 1;
    const Items items = items_in(run);
    const double written = items.all > 0 ? items.written / items.all : 0;
    return written + (1 - written) * slowest_of(run, now);
}

std::string items_text(const json& run) {
    const Items items = items_in(run);
    if (items.all == 0) return "-";
    return grouped(static_cast<uint64_t>(items.written)) + "/" +
           grouped(static_cast<uint64_t>(items.all));
}

std::string state_text(const json& run) {
    const bool paused = run.value("paused", json(false)) == json(true);
    return paused && !is_over(run) ? "PAUSED" : member_text(run, "state");
}

// As long again for each part that is left as for each that is done.
std::string left_text(const json& run, TimePoint now) {
    const double done = fraction_of(run, now);
    const Result<MillisPoint> created = api::read_time("created", member_text(run, "created"));
    if (is_over(run) || done <= 0 || !created.ok()) return "-";
    const double so_far = std::chrono::duration<double>(now - *created).count();
    return duration_text(so_far * (1 - done) / done);
}

std::string limits_text(const json& run) {
    std::string text;
    if (const auto mbps = number_of(run, "mbps"); mbps && *mbps > 0) {
        char number[32];
        std::snprintf(number, sizeof number, "%g MB/s, ", *mbps);
        text += number;
    }
    const std::string concurrent = member_text(run, "concurrent");
    return concurrent.empty() ? text : text + concurrent + " items at a time";
}

void add_line(std::string& text, const std::string& name, const std::string& value) {
    if (value.empty() || value == "-") return;
    text +=
        name + std::string(name.size() < 10 ? 10 - name.size() : 1, ' ') + printable(value) + "\n";
}

std::string items_table(const json& items) {
    if (!items.is_array() || items.empty()) return "";
    Table table({"SHARD", "STATE", "HOLDER", ">EPOCH", ">ATTEMPTS", ">READ", ">ROWS", ">LAG",
                 "POSITION OR REASON"});
    for (const json& item : items) {
        const std::string reason = member_text(item, "reason");
        table.add({member_text(item, "shard"), member_text(item, "state"),
                   member_text(item, "holder"), member_text(item, "epoch"),
                   member_text(item, "attempts"), count_of(item, "read"), count_of(item, "rows"),
                   seconds_of(item, "lagSeconds"),
                   reason.empty() ? member_text(item, "position") : reason});
    }
    return "\n" + table.text();
}

}  // namespace

bool is_over(const json& run) {
    static constexpr std::array kEnds = {"CLEANED", "FAILED", "CANCELLED"};
    return std::find(kEnds.begin(), kEnds.end(), member_text(run, "state")) != kEnds.end();
}

int exit_code_of_run(const json& run) {
    const std::string state = member_text(run, "state");
    if (state == "COMMITTED" || state == "CLEANED") return kExitDone;
    // The code of the failure, where the coordinator tells it.
    if (member_text(run, "code") == name_of(Code::kDirtyRecord)) return kExitDirtyRecords;
    if (member_text(run, "code") == name_of(Code::kConfig)) return kExitUsage;
    return kExitFailed;
}

std::string runs_text(const json& runs, TimePoint now) {
    if (!runs.is_array() || runs.empty()) return "no runs\n";
    Table table({"RUN", "STATE", "WINDOW (UTC)", "PROGRESS", ">ITEMS", ">READ", ">ROWS", ">DIRTY",
                 ">LAG", ">ETA", "WHAT"});
    for (const json& run : runs) {
        if (!run.is_object()) continue;
        const std::string name = member_text(run, "name");
        table.add({member_text(run, "run"), state_text(run), window_text(run),
                   bar(fraction_of(run, now), 10), items_text(run), count_of(run, "read"),
                   count_of(run, "rows"), count_of(run, "dirty"), seconds_of(run, "lagSeconds"),
                   left_text(run, now), name.empty() ? member_text(run, "identity") : name});
    }
    return table.text();
}

std::string run_text(const json& run, TimePoint now) {
    std::string text;
    add_line(text, "run", member_text(run, "run"));
    add_line(text, "state", state_text(run));
    add_line(text, "reason", member_text(run, "reason"));
    add_line(text, "task", member_text(run, "task"));
    add_line(text, "name", member_text(run, "name"));
    if (member_text(run, "name").empty()) add_line(text, "job", member_text(run, "identity"));
    add_line(text, "window", window_text(run));
    add_line(text, "kind", member_text(run, "kind"));
    add_line(text, "created", member_text(run, "created"));
    add_line(text, "label", member_text(run, "label"));
    add_line(text, "limits", limits_text(run));
    if (items_text(run) != "-") add_line(text, "items", items_text(run) + " written");
    add_line(text, "records",
             count_of(run, "read") + " read, " + count_of(run, "rows") + " rows written, " +
                 count_of(run, "dirty") + " dirty");
    add_line(text, "lag", seconds_of(run, "lagSeconds"));
    add_line(text, "ETA", left_text(run, now));
    const json notes = run.value("notes", json());
    for (const json& note : notes.is_array() ? notes : json::array())
        add_line(text, "note", note.is_string() ? note.get<std::string>() : note.dump());
    text += items_table(run.value("items", json()));
    const json receipt = run.value("receipt", json());
    if (receipt.is_object()) text += "\n" + receipt_text(receipt);
    return text;
}

std::string run_line(const json& run, TimePoint now) {
    std::string text = member_text(run, "run") + " " + state_text(run) + " " +
                       bar(fraction_of(run, now), kBarWidth);
    if (const std::string items = items_text(run); items != "-") text += " " + items + " items";
    text += "  " + count_of(run, "read") + " read";
    if (const std::string lag = seconds_of(run, "lagSeconds"); lag != "-") text += "  lag " + lag;
    if (const std::string left = left_text(run, now); left != "-") text += "  ETA " + left;
    return printable(text);
}

}  // namespace millrace::cli
