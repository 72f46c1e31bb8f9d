#include "common/config/plugin_rules.h"

namespace millrace {

void settle_plugin(const Plugin& plugin, ParameterValues& values, Findings& findings) {
    if (plugin.owner == Owner::kOpenSearchWriter) settle_opensearch(values, findings);
}

void check_plugin(const Plugin& plugin, ParameterValues& values, Findings& findings) {
    switch (plugin.owner) {
        case Owner::kOtsStreamReader: return check_otsstream(values, findings);
        case Owner::kOtsReader: return check_ots_reader(values, findings);
        case Owner::kOssReader: return check_oss_reader(values, findings);
        case Owner::kOdpsReader: return check_odps_reader(values, findings);
        case Owner::kOssWriter: return check_oss_writer(values, findings);
        case Owner::kElasticsearchWriter: return check_elasticsearch(values, findings);
        case Owner::kOpenSearchWriter: return check_opensearch(values, findings);
        case Owner::kOdpsWriter: return check_odps_writer(values, findings);
        case Owner::kOtsWriter: return check_ots_writer(values, findings);
        default: return;
    }
}

Node flat_setting(const Node* setting) {
    Node flat;
    flat.kind = Node::Kind::kMap;
    if (setting == nullptr) return flat;
    flat.place = setting->place;
    for (const Member& member : setting->members) {
        if (!member.value.is_map() || (member.key != "speed" && member.key != "errorLimit")) {
            flat.members.push_back(member);
            continue;
        }
        for (const Member& inner : member.value.members) {
            flat.members.push_back({member.key + "." + inner.key, inner.place, inner.value});
        }
    }
    return flat;
}

}  // namespace millrace
