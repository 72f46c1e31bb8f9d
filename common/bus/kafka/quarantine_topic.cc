#include "common/bus/kafka/quarantine_topic.h"

#include "common/bus/kafka/messages.h"
#include "common/bus/kafka/read_topic.h"
#include "millrace.pb.h"

namespace millrace::kafka {
namespace {

constexpr size_t kLinesMax = 512 * 1024;  // bytes of one message, when more than one line is in it

void split(const std::string& lines, std::vector<std::string>& result) {
    for (size_t begin = 0; begin < lines.size();) {
        const size_t end = std::min(lines.find('\n', begin), lines.size());
        result.push_back(lines.substr(begin, end - begin));
        begin = end + 1;
    }
}

}  // namespace

Status QuarantineTopic::append(const RunId& run, const ShardId& shard,
                               std::span<const std::string> lines) {
    std::string together;
    for (const std::string& line : lines) {
        if (!together.empty() && together.size() + line.size() > kLinesMax) {
            MILLRACE_TRY(send(run, shard, together));
            together.clear();
        }
        together += line;
        together += '\n';
    }
    return together.empty() ? Status() : send(run, shard, together);
}

Status QuarantineTopic::send(const RunId& run, const ShardId& shard, std::string_view lines) {
    wire::QuarantineLines message;
    message.set_schema(kSchema);
    message.set_run(run.text());
    message.set_shard(shard.text());
    message.set_sealed(seal(lines, run.text(), key_, random_));
    return producer_.send_and_wait(cluster_.quarantine(), run.text(), message.SerializeAsString())
        .with_context("the quarantine of run " + run.text());
}

// All partitions, although a run is in one: which one changes when partitions are added.
Result<std::vector<std::string>> QuarantineTopic::read(const RunId& run) {
    std::vector<std::string> lines;
    const auto take = [&](std::string_view key, std::string_view value) -> Status {
        if (key != run.text()) return {};
        wire::QuarantineLines message;
        switch (decode(value, message)) {
            case Reading::kGood: break;
            case Reading::kNewer: return config_error("a newer millrace wrote it: update this one");
            case Reading::kMalformed: return Status(Code::kCorrupt, "it holds a malformed message");
        }
        MILLRACE_ASSIGN(const std::string text, unseal(message.sealed(), run.text(), key_));
        split(text, lines);
        return {};
    };
    const Status status = read_topic(cluster_, cluster_.quarantine(), take);
    if (!status.ok()) return status.with_context("the quarantine of run " + run.text());
    return lines;
}

}  // namespace millrace::kafka
