#include "worker/targets/elasticsearch/actions.h"

#include "common/codec/json_writer.h"

namespace millrace::elasticsearch {

void append_action_tail(Buffer& out, uint64_t version) {
    out.append(",\"version\":");
    append_json_integer(out, version);
    // Equal versions are written again: a repeated batch gives the same documents.
    out.append(",\"version_type\":\"external_gte\"}}\n");
}

void append_index_action(Buffer& out, std::string_view json_id, uint64_t version) {
    out.append(kIndexHead);
    out.append(json_id);
    append_action_tail(out, version);
}

void append_delete_action(Buffer& out, std::string_view json_id, uint64_t version) {
    out.append(kDeleteHead);
    out.append(json_id);
    append_action_tail(out, version);
}

}  // namespace millrace::elasticsearch
