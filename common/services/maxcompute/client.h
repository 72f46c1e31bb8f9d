// A project of MaxCompute.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "common/net/call.h"
#include "common/services/maxcompute/answers.h"
#include "common/services/maxcompute/request.h"

namespace millrace::maxcompute {

class BlockUpload;
class RowsRead;

// What a session writes to or reads from.
struct Place {
    std::string table;
    PartitionSpec partition;  // all levels of a partitioned table, else none
};

struct UploadOptions {
    // The commit replaces the table or the partition; otherwise it adds to it.
    bool overwrite = false;
};

// Rows of a download session: [first, first + count).
struct RowRange {
    uint64_t first = 0;
    uint64_t count = 0;
};

struct SqlOptions {
    // What the statement does may be done twice: it is sent again after a lost answer.
    bool repeatable = false;
    Duration total = std::chrono::minutes(30);  // until it has ended
};

// Used by one thread; `context` outlives it. Every call is repeated as `policy` says (by default
// as often as the config allows); what is said of a failure then is its last try. Failures carry
// the service's code (reply.h). A wrong clock is corrected once from the server's date.
class Client {
  public:
    Client(const CallContext& context, Config config);
    Client(const CallContext& context, Config config, RetryPolicy policy);

    // kConfig when the project or the table is not there.
    Result<Table> get_table(const std::string& table);
    // All, in the service's order.
    Result<std::vector<PartitionSpec>> list_partitions(const std::string& table);
    Result<bool> partition_exists(const Place& place);
    Status create_partition(const Place& place);  // one that is there is no error
    // The result's text: csv with a header row for a SELECT. A failed statement is a failure that
    // holds the service's words.
    Result<std::string> run_sql(const std::string& text, const SqlOptions& options = {});

    // Rows of a session become visible at its commit, all at once; it lives 24 h.
    Result<UploadSession> create_upload(const Place& place, const UploadOptions& options);
    // As it is now. kNotFound NoSuchUpload proves nothing about a commit.
    Result<UploadSession> upload(const Place& place, const std::string& id);
    // `body` is a record stream (record_writer.h) and outlives what is returned. A block that is
    // there is replaced. `id` of the block: 0..19'999.
    Result<std::unique_ptr<BlockUpload>> start_block(const Place& place, const std::string& id,
                                                     uint32_t block, std::string_view body);
    Status put_block(const Place& place, const std::string& id, uint32_t block,
                     std::string_view body);
    // Makes every block that the service holds visible, also those the caller does not know:
    // compare upload() before. After a doubtful answer the session's state is asked for, and only a
    // session that is still open is committed again. Gives the closed session. Failures: kNotFound
    // with service code SessionExpired or SessionCanceled (nothing became visible), NoSuchUpload
    // (unknown whether).
    Result<UploadSession> commit_upload(const Place& place, const std::string& id);

    // A snapshot of the place.
    Result<DownloadSession> create_download(const Place& place);
    Result<DownloadSession> download(const Place& place, const std::string& id);
    // The record stream of a range, every checksum checked; fields are in the order of `columns`
    // (of the session's). The columns outlive what is returned.
    Result<std::unique_ptr<RowsRead>> start_rows(const Place& place, const DownloadSession& session,
                                                 RowRange range, std::span<const Column> columns);
    Result<Buffer> read_rows(const Place& place, const DownloadSession& session, RowRange range,
                             std::span<const Column> columns);

    const Config& config() const { return config_; }

  private:
    friend class BlockUpload;
    friend class RowsRead;
    // Looks at a successful answer; not ok = kCorrupt, so it is asked for again.
    using Check = std::function<Status(const HttpAnswer&)>;

    Result<HttpAnswer> send(const Endpoint& service, const Request& request, std::string what,
                            RetryPolicy policy);
    Result<HttpAnswer> send_rest(const Request& request, std::string what);
    Result<HttpAnswer> send_tunnel(Request request, const Place& place, std::string what);
    Call::Build builder(const Endpoint& service, const Request& request);
    Call::Judge judge(std::string what, Check check);
    Result<const Endpoint*> tunnel();
    Request at(Method method, const Place& place, Query query) const;
    std::string name_of_place(const Place& place) const;
    void correct_clock(const HttpAnswer& answer);
    // Waits longer each time, as the policy says; false = stopped or over `total`.
    bool wait_a_little(Duration& pause, MonoTime began, Duration total);
    Result<std::string> submit_sql(const std::string& text, const SqlOptions& options);

    const CallContext& context_;
    Config config_;
    RetryPolicy policy_;
    Duration clock_offset_{0};  // server's time minus ours
};

// One block on its way. finish() is called once. Destroying it breaks the transfer off.
class BlockUpload {
  public:
    Status finish();

  private:
    friend class Client;
    BlockUpload(Client& client, const Endpoint& service, Request request, std::string what);

    Request request_;
    Call call_;
};

// One range of rows on its way. finish() is called once. Destroying it breaks the transfer off.
class RowsRead {
  public:
    Result<Buffer> finish();

  private:
    friend class Client;
    RowsRead(Client& client, const Endpoint& service, Request request, std::string what,
             std::span<const Column> columns, uint64_t rows);

    Request request_;
    Call call_;
};

}  // namespace millrace::maxcompute
