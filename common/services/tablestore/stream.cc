#include "common/services/tablestore/stream.h"

#include <protozero/pbf_reader.hpp>

namespace millrace::tablestore {
namespace {

Status corrupt(const std::string& why) {
    return Status(Code::kCorrupt, "a page of stream records cannot be read: " + why);
}

std::string_view bytes_of(protozero::data_view view) {
    return {view.data(), view.size()};
}

// False when a required field is missing or the action is unknown.
bool read_frame(protozero::pbf_reader frame, StreamRecordView& made) {
    bool has_action = false;
    bool has_record = false;
    while (frame.next()) {
        switch (frame.tag_and_type()) {
            case protozero::tag_and_type(1, protozero::pbf_wire_type::varint): {
                const int action = frame.get_enum();
                if (!wire::ActionType_IsValid(action)) return false;
                made.action = static_cast<wire::ActionType>(action);
                has_action = true;
                break;
            }
            case protozero::tag_and_type(2, protozero::pbf_wire_type::length_delimited):
                made.record = bytes_of(frame.get_view());
                has_record = true;
                break;
            default: frame.skip();
        }
    }
    return has_action && has_record;
}

}  // namespace

Status StreamPage::read(std::string_view message) {
    records.clear();
    next_iterator.reset();
    may_more_record = false;
    try {
        protozero::pbf_reader in(message.data(), message.size());
        while (in.next()) {
            switch (in.tag_and_type()) {
                case protozero::tag_and_type(1, protozero::pbf_wire_type::length_delimited):
                    if (!read_frame(in.get_message(), records.emplace_back())) {
                        return corrupt("a record lacks its action or its row");
                    }
                    break;
                case protozero::tag_and_type(2, protozero::pbf_wire_type::length_delimited):
                    next_iterator = in.get_string();
                    break;
                case protozero::tag_and_type(4, protozero::pbf_wire_type::varint):
                    may_more_record = in.get_bool();
                    break;
                default: in.skip();
            }
        }
    } catch (const protozero::exception& error) {
        return corrupt(error.what());
    }
    return {};
}

void StreamFetch::start(const std::string& iterator, std::optional<int> limit, StreamPage reuse) {
    wire::GetStreamRecordRequest request;
    request.set_shard_iterator(iterator);
    if (limit) request.set_limit(*limit);
    PageFetch::start(request, std::move(reuse));
}

}  // namespace millrace::tablestore
