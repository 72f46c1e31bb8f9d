#include "common/services/tablestore/client.h"

#include "common/services/tablestore/reply.h"

namespace millrace::tablestore {
namespace {

// The service tolerates 15 minutes; below this a refusal has another cause.
constexpr Duration kSkewMin = std::chrono::minutes(5);
constexpr int kPagesMax = 100'000;

std::string about(std::string_view verb, const std::string& table) {
    return std::string(verb) + " table " + table;
}

template <typename Request>
std::string about_batch(std::string_view verb, const Request& request) {
    std::string what(verb);
    for (int i = 0; i < request.tables_size(); ++i) {
        what += (i == 0 ? " " : ", ") + request.tables(i).table_name();
    }
    return what;
}

Status endless(const std::string& what) {
    return Status(Code::kCorrupt, "Tablestore does not come to an end: " + what);
}

void add_shards(const wire::DescribeStreamResponse& page, std::vector<Shard>& shards) {
    for (const wire::StreamShard& from : page.shards()) {
        Shard shard{ShardId(from.shard_id()), {}};
        if (!from.parent_id().empty()) shard.parents.emplace_back(from.parent_id());
        if (!from.parent_sibling_id().empty()) shard.parents.emplace_back(from.parent_sibling_id());
        shards.push_back(std::move(shard));
    }
}

}  // namespace

Client::Client(const CallContext& context, Config config)
    : context_(context), config_(std::move(config)) {}

RetryPolicy Client::policy() const {
    RetryPolicy policy;
    policy.retries_max = config_.max_retries;
    return policy;
}

bool Client::correct_clock(const HttpAnswer& answer) {
    const std::optional<TimePoint> theirs = date_of(answer);
    if (!theirs) return false;
    const Duration away = *theirs - now();
    if (away < kSkewMin && away > -kSkewMin) return false;
    clock_offset_ += away;
    return true;
}

Call::Judge Client::judge(std::string_view action, std::string what, Read read) {
    return [this, action, what = std::move(what), read = std::move(read),
            corrected = false](const HttpAnswer& answer) mutable -> Status {
        const Status status = check_answer(config_, action, answer, what);
        if (status.ok()) {
            server_time_ = date_of(answer);
            return read(answer);
        }
        const bool clock = status.service_code() == "OTSAuthFailed" ||
                           status.service_code() == "OTSParameterInvalid";
        if (!clock || corrected || !correct_clock(answer)) return status;
        corrected = true;
        return Status(Code::kRetry, status.text()).with_service_code(status.service_code());
    };
}

Status Client::send(std::string_view action, const google::protobuf::MessageLite& request,
                    google::protobuf::MessageLite& response, std::string what) {
    const std::string body = request.SerializeAsString();
    Buffer inflated;
    const Read read = [&](const HttpAnswer& answer) -> Status {
        MILLRACE_ASSIGN(const std::string_view content, content_of(answer, inflated));
        if (response.ParseFromArray(content.data(), static_cast<int>(content.size()))) return {};
        return Status(Code::kCorrupt, "the answer of Tablestore to \"" + std::string(action) +
                                          "\" is no message of that kind");
    };
    return millrace::call(
               context_, policy(),
               [&] {
                   return to_http(config_, {action, body}, now());
               },
               judge(action, std::move(what), read))
        .status();
}

template <typename Response>
Result<Response> Client::call(std::string_view action, const google::protobuf::MessageLite& request,
                              std::string what) {
    Response response;
    MILLRACE_TRY(send(action, request, response, std::move(what)));
    return response;
}

Result<std::vector<StreamInfo>> Client::list_streams(const std::string& table) {
    wire::ListStreamRequest request;
    if (!table.empty()) request.set_table_name(table);
    MILLRACE_ASSIGN(
        const auto response,
        call<wire::ListStreamResponse>("ListStream", request, about("list the streams of", table)));
    std::vector<StreamInfo> streams;
    for (const wire::Stream& from : response.streams()) {
        streams.push_back({StreamId(from.stream_id()), from.table_name(), from.creation_time()});
    }
    return streams;
}

Result<StreamDescription> Client::describe_stream(const StreamId& stream) {
    const std::string what = "describe stream " + stream.text();
    wire::DescribeStreamRequest request;
    request.set_stream_id(stream.text());
    StreamDescription made;
    for (int page = 0; page < kPagesMax; ++page) {
        MILLRACE_ASSIGN(const auto response,
                        call<wire::DescribeStreamResponse>("DescribeStream", request, what));
        made.id = StreamId(response.stream_id());
        made.table = response.table_name();
        made.creation_us = response.creation_time();
        made.retention_hours = response.expiration_time();
        made.active = response.stream_status() == wire::STREAM_ACTIVE;
        made.timeseries = response.is_timeseries_data_table();
        add_shards(response, made.shards);
        const std::string& next = response.next_shard_id();
        if (next.empty()) return made;
        if (next == request.inclusive_start_shard_id()) break;
        request.set_inclusive_start_shard_id(next);
    }
    return endless(what);
}

Result<std::string> Client::shard_iterator(const StreamId& stream, const ShardId& shard,
                                           std::optional<int64_t> timestamp_us) {
    const std::string what = "find the place in shard " + shard.text();
    wire::GetShardIteratorRequest request;
    request.set_stream_id(stream.text());
    request.set_shard_id(shard.text());
    if (timestamp_us) request.set_timestamp(*timestamp_us);
    for (int page = 0; page < kPagesMax; ++page) {
        MILLRACE_ASSIGN(const auto response,
                        call<wire::GetShardIteratorResponse>("GetShardIterator", request, what));
        if (response.next_token().empty()) return response.shard_iterator();
        request.set_token(response.next_token());
    }
    return endless(what);
}

Result<std::vector<std::string>> Client::list_tables() {
    MILLRACE_ASSIGN(const auto response,
                    call<wire::ListTableResponse>("ListTable", wire::ListTableRequest(),
                                                  "list the tables of " + config_.instance));
    return std::vector<std::string>(response.table_names().begin(), response.table_names().end());
}

Result<wire::DescribeTableResponse> Client::describe_table(const std::string& table) {
    wire::DescribeTableRequest request;
    request.set_table_name(table);
    return call<wire::DescribeTableResponse>("DescribeTable", request, about("describe", table));
}

Result<wire::UpdateTableResponse> Client::update_table(const wire::UpdateTableRequest& request) {
    return call<wire::UpdateTableResponse>("UpdateTable", request,
                                           about("change", request.table_name()));
}

Status Client::create_table(const wire::CreateTableRequest& request) {
    return call<wire::CreateTableResponse>("CreateTable", request,
                                           about("create", request.table_meta().table_name()))
        .status();
}

Status Client::delete_table(const std::string& table) {
    wire::DeleteTableRequest request;
    request.set_table_name(table);
    return call<wire::DeleteTableResponse>("DeleteTable", request, about("delete", table)).status();
}

Result<wire::GetRowResponse> Client::get_row(const wire::GetRowRequest& request) {
    return call<wire::GetRowResponse>("GetRow", request,
                                      about("read a row of", request.table_name()));
}

Result<wire::GetRangeResponse> Client::get_range(const wire::GetRangeRequest& request) {
    return call<wire::GetRangeResponse>("GetRange", request,
                                        about("read a range of", request.table_name()));
}

Result<wire::PutRowResponse> Client::put_row(const wire::PutRowRequest& request) {
    return call<wire::PutRowResponse>("PutRow", request,
                                      about("put a row into", request.table_name()));
}

Result<wire::UpdateRowResponse> Client::update_row(const wire::UpdateRowRequest& request) {
    return call<wire::UpdateRowResponse>("UpdateRow", request,
                                         about("update a row of", request.table_name()));
}

Result<wire::DeleteRowResponse> Client::delete_row(const wire::DeleteRowRequest& request) {
    return call<wire::DeleteRowResponse>("DeleteRow", request,
                                         about("delete a row of", request.table_name()));
}

Result<wire::BatchGetRowResponse> Client::batch_get_row(const wire::BatchGetRowRequest& request) {
    return call<wire::BatchGetRowResponse>("BatchGetRow", request,
                                           about_batch("read rows of", request));
}

Result<wire::BatchWriteRowResponse> Client::batch_write_row(
    const wire::BatchWriteRowRequest& request) {
    return call<wire::BatchWriteRowResponse>("BatchWriteRow", request,
                                             about_batch("write rows of", request));
}

Result<wire::ComputeSplitPointsBySizeResponse> Client::compute_splits(
    const wire::ComputeSplitPointsBySizeRequest& request) {
    return call<wire::ComputeSplitPointsBySizeResponse>("ComputeSplitPointsBySize", request,
                                                        about("split", request.table_name()));
}

}  // namespace millrace::tablestore
