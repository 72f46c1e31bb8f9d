#include "common/config/job_shape.h"

#include <algorithm>

#include "common/config/nearest.h"

namespace millrace {
namespace {

// The map that holds setting and the sides; `sides` holds reader and writer.
struct Frame {
    const Node* top = nullptr;
    const Node* sides = nullptr;
};

const Node* map_below(const Node* node, std::string_view key) {
    const Node* found = node == nullptr ? nullptr : node->find(key);
    return found != nullptr && found->is_map() ? found : nullptr;
}

Frame find_frame(const Node& root) {
    if (const Node* job = map_below(&root, "job")) {
        const Node* content = job->find("content");
        const bool filled = content != nullptr && content->is_list() && !content->items.empty();
        return {job, filled ? &content->items.front() : nullptr};
    }
    const Node* configuration = map_below(&root, "configuration");
    return {configuration, configuration};
}

void check_keys(const Node& map, const std::string& what, const std::vector<std::string>& known,
                const std::vector<std::string>& without_effect, Findings& findings) {
    for (const Member& member : map.members) {
        if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
        const auto idle = std::find(without_effect.begin(), without_effect.end(), member.key);
        if (idle != without_effect.end()) {
            findings.note(member.place, "ignored-key",
                          "\"" + member.key + "\" makes no difference here");
        } else {
            findings.warning(
                member.place, "unknown-key",
                what + " has no key \"" + member.key + "\"" + did_you_mean(member.key, known));
        }
    }
}

void check_transformer(const Node& content, Findings& findings) {
    const Node* transformer = content.find("transformer");
    if (transformer == nullptr || (transformer->is_list() && transformer->items.empty())) return;
    findings.error(transformer->place, "not-built-yet",
                   "transformers are not built yet in this version: leave them out");
}

void check_datax(const Node& root, const Node& job, Findings& findings) {
    check_keys(root, "the script", {"job"}, {"core", "entry", "common"}, findings);
    check_keys(job, "\"job\"", {"setting", "content"}, {"preHandler", "postHandler", "jobInfo"},
               findings);
    const Node* content = job.find("content");
    if (content == nullptr || !content->is_list() || content->items.empty()) {
        findings.error(content ? content->place : job.place, "missing-key",
                       "\"job\" needs \"content\": [ {\"reader\": …, \"writer\": …} ]");
        return;
    }
    if (content->items.size() > 1) {
        findings.error(content->items[1].place, "several-contents",
                       "\"content\" may hold one reader and writer only (DataX would run the first "
                       "and say nothing): make one job of each");
    }
    const Node& first = content->items.front();
    check_keys(first, "an item of \"content\"", {"reader", "writer", "transformer"}, {}, findings);
    check_transformer(first, findings);
}

void check_integration(const Node& root, const Node& configuration, Findings& findings) {
    check_keys(root, "the script", {"type", "version", "configuration"}, {"order", "extend"},
               findings);
    check_keys(configuration, "\"configuration\"", {"setting", "reader", "writer"}, {}, findings);
    const Node* type = root.find("type");
    if (type != nullptr && type->text != "job") {
        findings.error(type->place, "script-type", "\"type\" must be \"job\"");
    }
    const Node* version = root.find("version");
    if (version != nullptr && version->text != "1.0") {
        findings.error(version->place, "script-version", "\"version\" must be \"1.0\"");
    }
}

PluginShape read_side(const Node& sides, const std::string& side, Findings& findings) {
    PluginShape shape;
    const Node* node = sides.find(side);
    if (node == nullptr || !node->is_map()) {
        findings.error(node ? node->place : sides.place, "missing-key",
                       "the job needs a \"" + side + "\" with a plugin and its parameters");
        return shape;
    }
    check_keys(*node, "the " + side, {"plugin", "name", "parameter"},
               {"category", "stepType", "displayName"}, findings);
    const Node* name = node->find("plugin");
    if (name == nullptr) name = node->find("name");
    if (name == nullptr || !name->is_text() || name->text.empty()) {
        findings.error(name ? name->place : node->place, "missing-key",
                       "the " + side + " needs the name of its plugin: \"plugin\": \"…\"");
        return shape;
    }
    shape.plugin = name->text;
    shape.place = name->place;
    shape.parameters = map_below(node, "parameter");
    if (shape.parameters == nullptr) {
        findings.error(node->place, "missing-key", "the " + side + " needs \"parameter\": { … }");
    }
    return shape;
}

}  // namespace

JobShape find_shape(const Node& root, Findings& findings) {
    JobShape shape;
    const Frame frame = find_frame(root);
    if (frame.top == nullptr) {
        const bool steps = root.find("steps") != nullptr;
        findings.error(
            root.place, "no-job",
            steps ? "scripts with \"steps\" are not read; write \"configuration\" with "
                    "\"reader\" and \"writer\""
                  : "this is no job: it needs \"job\": { … } (DataX) or \"configuration\": { "
                    "… } (Data Integration)");
        return shape;
    }
    if (root.find("job") != nullptr) {
        check_datax(root, *frame.top, findings);
    } else {
        check_integration(root, *frame.top, findings);
    }
    const Node* setting = frame.top->find("setting");
    if (setting != nullptr && !setting->is_map()) {
        findings.error(setting->place, "wrong-type", "\"setting\" must be a map");
    }
    shape.setting = map_below(frame.top, "setting");
    if (frame.sides == nullptr) return shape;
    shape.reader = read_side(*frame.sides, "reader", findings);
    shape.writer = read_side(*frame.sides, "writer", findings);
    shape.complete = shape.reader.parameters != nullptr && shape.writer.parameters != nullptr;
    return shape;
}

const Node* find_setting(const Node& root) {
    return map_below(find_frame(root).top, "setting");
}

const Node* find_reader_parameters(const Node& root) {
    return map_below(map_below(find_frame(root).sides, "reader"), "parameter");
}

std::string find_reader_name(const Node& root) {
    const Node* reader = map_below(find_frame(root).sides, "reader");
    if (reader == nullptr) return {};
    const Node* name = reader->find("plugin");
    if (name == nullptr) name = reader->find("name");
    return name == nullptr ? std::string() : name->text;
}

}  // namespace millrace
