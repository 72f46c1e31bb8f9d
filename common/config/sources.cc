#include "common/config/sources.h"

#include "common/config/joined.h"
#include "common/config/nearest.h"
#include "common/config/text_reader.h"

namespace millrace {

Result<std::optional<SourcesText>> find_sources(FileSystem& files, const SourcesPlaces& places) {
    if (!places.given.empty()) {
        Result<std::string> text = files.read(places.given);
        if (!text.ok()) return config_error("data sources file: " + text.status().text());
        return std::optional(SourcesText{places.given, *std::move(text)});
    }
    std::vector<std::string> paths = {"./sources.json"};
    if (!places.config_home.empty()) {
        paths.push_back(places.config_home + "/millrace/sources.json");
    } else if (!places.home.empty()) {
        paths.push_back(places.home + "/.config/millrace/sources.json");
    }
    for (const std::string& path : paths) {
        Result<std::string> text = files.read(path);
        if (text.ok()) return std::optional(SourcesText{path, *std::move(text)});
        if (text.status().code() != Code::kNotFound) {
            return config_error("data sources file: " + text.status().text());
        }
    }
    return std::optional<SourcesText>();
}

DataSources::DataSources(const std::optional<SourcesText>& sources, Environment environment)
    : given_(sources.has_value()),
      environment_(std::move(environment)),
      own_(sources ? sources->file : "") {
    if (sources) root_ = read_text(sources->text, own_);
    unreadable_ = own_.failed();
}

std::vector<std::string> DataSources::names() const {
    std::vector<std::string> names;
    for (const Member& member : root_.members) names.push_back(member.key);
    return names;
}

std::optional<ParameterValues> DataSources::find(const std::string& name, const Plugin& plugin,
                                                 Place place, Findings& findings) {
    if (!given_) {
        findings.error(place, "no-sources",
                       "a datasource is named but there is no data sources file: give one with "
                       "--sources FILE, or as ./sources.json");
        return {};
    }
    if (unreadable_) return {};
    Node* entry = root_.find(name);
    if (entry == nullptr) {
        const std::string near = did_you_mean(name, names());
        findings.error(place, "unknown-datasource",
                       "the data sources file " + own_.file() + " has no entry \"" + name + "\"" +
                           (near.empty() ? "; it has: " + joined(names()) : near));
        return {};
    }
    const std::string what = "data source \"" + name + "\"";
    const Node* type = entry->find("type");
    if (!entry->is_map() || type == nullptr || !type->is_text() ||
        type->text != plugin.source_type) {
        own_.error(
            type ? type->place : entry->place, "datasource-type",
            what + " must be a map with \"type\": \"" + std::string(plugin.source_type) + "\"");
        return {};
    }
    Node map = *entry;
    std::erase_if(map.members, [](const Member& member) { return member.key == "type"; });
    Findings here(own_.file());
    apply_environment(map, environment_, here);
    bool good = true;
    for (const Member& member : map.members) {
        if (find_parameter(plugin.source, member.key) != nullptr) continue;
        own_.error(member.place, "unknown-key",
                   what + " knows no \"" + member.key + "\"" +
                       did_you_mean(member.key, parameter_names(plugin.source)));
        good = false;
    }
    ParameterValues values = read_values(plugin.source, map, what, here);
    check_required(plugin.source, values, what, {}, here);
    for (const Finding& finding : here.sorted()) {
        if (finding.code == "unknown-parameter") continue;  // an error, told above
        const Place at{finding.line, finding.column};
        if (finding.severity == Severity::kError) own_.error(at, finding.code, finding.text);
    }
    for (const auto& [key, secret] : values.secrets) {
        own_.hide(secret);
        findings.hide(secret);
    }
    if (!good || here.failed()) return {};
    values.nodes.clear();  // `map` ends here
    if (values.plain.contains("instance")) {
        values.plain["instanceName"] = values.plain["instance"];
        values.plain.erase("instance");
    }
    return values;
}

}  // namespace millrace
