#include "common/services/tablestore/stream.h"

#include <protozero/pbf_reader.hpp>

#include "common/base/check.h"
#include "common/services/tablestore/reply.h"

namespace millrace::tablestore {
namespace {

constexpr std::string_view kAction = "GetStreamRecord";

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

Status read_stream_page(std::string_view message, StreamPage& page) {
    page.records.clear();
    page.next_iterator.reset();
    page.may_more_record = false;
    try {
        protozero::pbf_reader in(message.data(), message.size());
        while (in.next()) {
            switch (in.tag_and_type()) {
                case protozero::tag_and_type(1, protozero::pbf_wire_type::length_delimited):
                    if (!read_frame(in.get_message(), page.records.emplace_back())) {
                        return corrupt("a record lacks its action or its row");
                    }
                    break;
                case protozero::tag_and_type(2, protozero::pbf_wire_type::length_delimited):
                    page.next_iterator = in.get_string();
                    break;
                case protozero::tag_and_type(4, protozero::pbf_wire_type::varint):
                    page.may_more_record = in.get_bool();
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
    MILLRACE_CHECK(!call_);
    wire::GetStreamRecordRequest request;
    request.set_shard_iterator(iterator);
    if (limit) request.set_limit(*limit);
    request_ = request.SerializeAsString();
    page_ = std::move(reuse);
    call_.emplace(
        client_.context_, client_.policy(), [this] { return build(); },
        client_.judge(kAction, "read records of a shard",
                      [this](const HttpAnswer& answer) { return read(answer); }));
    call_->start();
}

HttpRequest StreamFetch::build() {
    HttpRequest http = to_http(client_.config(), {kAction, request_}, client_.now());
    http.answer_buffer = std::move(page_.body);
    return http;
}

// Views stay right when the answer's body is moved into the page afterwards.
Status StreamFetch::read(const HttpAnswer& answer) {
    inflated_.clear();
    MILLRACE_ASSIGN(const std::string_view message, content_of(answer, inflated_));
    page_.server_time = client_.server_time().value_or(TimePoint());
    return read_stream_page(message, page_);
}

Result<StreamPage> StreamFetch::finish() {
    MILLRACE_CHECK(call_.has_value());
    Result<HttpAnswer> answer = call_->finish();
    call_.reset();
    if (!answer.ok()) return answer.status();
    page_.body = std::move(answer->body);
    // What was decompressed is where the views point to; the compressed bytes' memory is used next.
    if (!inflated_.empty()) page_.body.swap(inflated_);
    inflated_.clear();
    return std::move(page_);
}

}  // namespace millrace::tablestore
