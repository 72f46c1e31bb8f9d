// An instance of Tablestore.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/net/call.h"
#include "common/services/tablestore/answers.h"
#include "common/services/tablestore/request.h"
#include "tablestore.pb.h"

namespace millrace::tablestore {

// Used by one thread; `context` outlives it. Every call is repeated up to config.max_retries times
// (pauses 0.1 s x 2 up to 10 s), also when its outcome is unknown: writes that do harm when done
// twice (increments, conditions) are sent by a client with max_retries 0. What is said of a failure
// is its last try; failures carry the service's code (errors.h). A wrong clock is corrected once
// from the service's date.
class Client {
  public:
    Client(const CallContext& context, Config config);

    // ---- streams
    Result<std::vector<StreamInfo>> list_streams(const std::string& table);
    Result<StreamDescription> describe_stream(const StreamId& stream);
    // The shard's oldest record that is still kept or, with a time, the place at that time.
    Result<std::string> shard_iterator(const StreamId& stream, const ShardId& shard,
                                       std::optional<int64_t> timestamp_us);

    // ---- tables
    Result<std::vector<std::string>> list_tables();
    Result<wire::DescribeTableResponse> describe_table(const std::string& table);
    Result<wire::UpdateTableResponse> update_table(const wire::UpdateTableRequest& request);
    Status create_table(const wire::CreateTableRequest& request);
    Status delete_table(const std::string& table);

    // ---- rows, as the wire has them
    Result<wire::GetRowResponse> get_row(const wire::GetRowRequest& request);
    Result<wire::GetRangeResponse> get_range(const wire::GetRangeRequest& request);
    Result<wire::PutRowResponse> put_row(const wire::PutRowRequest& request);
    Result<wire::UpdateRowResponse> update_row(const wire::UpdateRowRequest& request);
    Result<wire::DeleteRowResponse> delete_row(const wire::DeleteRowRequest& request);
    // Success says nothing about the single rows: each has its own error (errors.h, status_of).
    Result<wire::BatchGetRowResponse> batch_get_row(const wire::BatchGetRowRequest& request);
    Result<wire::BatchWriteRowResponse> batch_write_row(const wire::BatchWriteRowRequest& request);
    Result<wire::ComputeSplitPointsBySizeResponse> compute_splits(
        const wire::ComputeSplitPointsBySizeRequest& request);

    // x-ots-date of the last answer.
    std::optional<TimePoint> server_time() const { return server_time_; }
    const Config& config() const { return config_; }

  private:
    template <typename Page>
    friend class PageFetch;
    friend class BatchWrite;
    // Reads a successful answer; not ok = kCorrupt, so it is asked for again.
    using Read = std::function<Status(const HttpAnswer&)>;

    template <typename Response>
    Result<Response> call(std::string_view action, const google::protobuf::MessageLite& request,
                          std::string what);
    Status send(std::string_view action, const google::protobuf::MessageLite& request,
                google::protobuf::MessageLite& response, std::string what);
    RetryPolicy policy() const;
    TimePoint now() const { return context_.clock.now() + clock_offset_; }
    Call::Judge judge(std::string_view action, std::string what, Read read);
    bool correct_clock(const HttpAnswer& answer);

    const CallContext& context_;
    Config config_;
    Duration clock_offset_{0};  // server's time minus ours
    std::optional<TimePoint> server_time_;
};

}  // namespace millrace::tablestore
