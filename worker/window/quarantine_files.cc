#include "worker/window/quarantine_files.h"

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>
#include <set>

#include "common/crypto/digest.h"
#include "common/record/packed.h"

namespace millrace {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kLines = ".jsonl";
constexpr std::string_view kRedriven = ".redriven.jsonl";

using LineKey = std::tuple<ShardId, Sequence, size_t>;
LineKey key_of_line(const QuarantineLine& line) {
    return {line.shard, line.sequence, line.row};
}

std::string redriven_path(const std::string& state_folder, const RunId& run) {
    return state_folder + "/quarantine/" + run.text() + std::string(kRedriven);
}

// Bytes stand as text or as {"base64": …}.
std::optional<std::string> bytes_of(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_object() && value.contains("base64") && value["base64"].is_string()) {
        return from_base64(value["base64"].get<std::string>());
    }
    return {};
}

std::optional<Value> key_value(const Json& cell, ValueType type, std::deque<std::string>& memory) {
    if (!cell.is_object() || !cell.contains("value")) return {};
    const Json& value = cell["value"];
    if (type == ValueType::kInteger) {
        if (!value.is_number_integer()) return {};
        return Value::of_integer(value.get<int64_t>());
    }
    const std::optional<std::string> bytes = bytes_of(value);
    if (!bytes) return {};
    const std::string& kept = memory.emplace_back(*bytes);
    return type == ValueType::kBinary ? Value::of_binary(kept) : Value::of_string(kept);
}

}  // namespace

Result<std::vector<RunId>> quarantined_runs(FileSystem& files, const std::string& state_folder) {
    const std::string folder = state_folder + "/quarantine";
    MILLRACE_TRY(files.make_folders(folder));
    MILLRACE_ASSIGN(std::vector<std::string> names, files.list(folder));
    std::sort(names.begin(), names.end());
    std::vector<RunId> runs;
    for (const std::string& name : names) {
        if (!name.ends_with(kLines) || name.ends_with(kRedriven)) continue;
        runs.emplace_back(name.substr(0, name.size() - kLines.size()));
    }
    return runs;
}

Result<QuarantinedRun> read_quarantined_run(FileSystem& files, const std::string& state_folder,
                                            const RunId& run) {
    MILLRACE_ASSIGN(std::vector<QuarantineLine> lines,
                    read_quarantine(files, quarantine_path(state_folder, run)));
    MILLRACE_ASSIGN(const std::vector<QuarantineLine> marks,
                    read_quarantine(files, redriven_path(state_folder, run)));
    std::set<LineKey> redriven;
    for (const QuarantineLine& mark : marks) redriven.insert(key_of_line(mark));
    QuarantinedRun made{run, {}, 0};
    for (QuarantineLine& line : lines) {
        if (redriven.contains(key_of_line(line))) {
            ++made.redriven;
        } else {
            made.left.push_back(std::move(line));
        }
    }
    return made;
}

Status mark_redriven(FileSystem& files, const std::string& state_folder, const RunId& run,
                     std::span<const QuarantineLine> lines) {
    if (lines.empty()) return {};
    // An empty line parts the new lines from half a line of a former process.
    std::string text = "\n";
    for (const QuarantineLine& line : lines) {
        const Sequence& sequence = line.sequence;
        const Json mark = {
            {"v", 1},
            {"run", run.text()},
            {"shard", line.shard.text()},
            {"sequence", {sequence.epoch, sequence.timestamp_us, sequence.row_index}},
            {"row", line.row},
            {"reason", "redriven"}};
        text += mark.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    }
    return files.append(redriven_path(state_folder, run), text)
        .with_context("the marks of what was redriven of run " + run.text());
}

std::optional<std::string> key_of(const QuarantineLine& line, const std::vector<ShapeColumn>& key) {
    const Json json = Json::parse(line.json, nullptr, false);
    const auto cells = json.is_object() ? json.find("key") : json.end();
    if (cells == json.end() || !cells->is_array() || cells->size() != key.size() || key.empty()) {
        return {};
    }
    std::deque<std::string> memory;
    std::vector<Value> values;
    for (size_t i = 0; i < key.size(); ++i) {
        const std::optional<Value> value = key_value((*cells)[i], key[i].type, memory);
        if (!value) return {};
        values.push_back(*value);
    }
    Buffer packed;
    pack(values, packed);
    return std::string(packed.view());
}

}  // namespace millrace
