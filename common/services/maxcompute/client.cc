#include "common/services/maxcompute/client.h"

#include <algorithm>

#include "common/net/http_date.h"
#include "common/services/maxcompute/record_reader.h"
#include "common/services/maxcompute/reply.h"

namespace millrace::maxcompute {
namespace {

constexpr Duration kTransferTime = std::chrono::seconds(600);
constexpr size_t kPartitionsMax = 1'000'000;
constexpr size_t kNamedColumnsMax = 100;  // more do not fit into an address

}  // namespace

Client::Client(const CallContext& context, Config config)
    : Client(context, config, RetryPolicy{.retries_max = config.retries_max}) {}

Client::Client(const CallContext& context, Config config, RetryPolicy policy)
    : context_(context), config_(std::move(config)), policy_(policy) {}

std::string Client::name_of_place(const Place& place) const {
    std::string name = config_.project + "." + place.table;
    if (!place.partition.empty()) name += " (" + to_text(place.partition) + ")";
    return name;
}

void Client::correct_clock(const HttpAnswer& answer) {
    const auto theirs = parse_http_date(find_header(answer.headers, "date"));
    if (theirs) clock_offset_ = *theirs - context_.clock.now();
}

Call::Build Client::builder(const Endpoint& service, const Request& request) {
    return [this, &service, &request] {
        return to_http(config_, service, request, context_.clock.now() + clock_offset_);
    };
}

Call::Judge Client::judge(std::string what, Check check) {
    return [this, what = std::move(what), check = std::move(check),
            again = false](const HttpAnswer& answer) mutable -> Status {
        const Status status = status_of(answer, what);
        if (status.ok()) {
            const Status checked = check ? check(answer) : Status();
            return checked.with_context("the answer to \"" + what + "\"");
        }
        if (status.service_code() != "RequestTimeTooSkewed" || std::exchange(again, true)) {
            return status;
        }
        correct_clock(answer);
        return Status(Code::kRetry, status.text()).with_service_code(status.service_code());
    };
}

Result<HttpAnswer> Client::send(const Endpoint& service, const Request& request, std::string what,
                                RetryPolicy policy) {
    return call(context_, policy, builder(service, request), judge(std::move(what), {}));
}

Result<HttpAnswer> Client::send_rest(const Request& request, std::string what) {
    return send(config_.rest, request, std::move(what), policy_);
}

Result<HttpAnswer> Client::send_tunnel(Request request, const Place& place, std::string what) {
    MILLRACE_ASSIGN(const Endpoint* service, tunnel());
    return send(*service, request, std::move(what) + name_of_place(place), policy_);
}

Result<const Endpoint*> Client::tunnel() {
    if (!config_.tunnel) {
        const Request request{.path = project_path(config_) + "/tunnel",
                              .query = {{"service", ""}}};
        MILLRACE_ASSIGN(const HttpAnswer answer,
                        send_rest(request, "name the tunnel of project " + config_.project));
        MILLRACE_ASSIGN(const std::string address, read_tunnel_address(answer));
        MILLRACE_ASSIGN(config_.tunnel, parse_endpoint(config_.rest.scheme + "://" + address));
    }
    return &*config_.tunnel;
}

Request Client::at(Method method, const Place& place, Query query) const {
    Request request{.method = method, .path = table_path(config_, place.table)};
    request.query = std::move(query);
    request.headers.emplace_back("x-odps-tunnel-version", "6");
    if (!place.partition.empty()) {
        request.query.emplace_back("partition", to_text(place.partition));
    }
    return request;
}

bool Client::wait_a_little(Duration& pause, MonoTime began, Duration total) {
    if (context_.clock.monotonic() + pause - began > total) return false;
    if (!context_.clock.sleep(pause, context_.stop)) return false;
    pause = std::min(pause * 2, policy_.pause_max);
    return true;
}

Result<Table> Client::get_table(const std::string& table) {
    MILLRACE_ASSIGN(const HttpAnswer answer,
                    send_rest({.path = table_path(config_, table)},
                              "describe table " + name_of_place({table, {}})));
    return read_table(answer);
}

Result<std::vector<PartitionSpec>> Client::list_partitions(const std::string& table) {
    std::vector<PartitionSpec> partitions;
    std::string marker;
    for (;;) {
        Request request{.path = table_path(config_, table),
                        .query = {{"partitions", ""}, {"expectmarker", "true"}}};
        if (!marker.empty()) request.query.emplace_back("marker", marker);
        MILLRACE_ASSIGN(const HttpAnswer answer,
                        send_rest(request, "list the partitions of " + name_of_place({table, {}})));
        MILLRACE_ASSIGN(PartitionPage page, read_partitions(answer));
        std::move(page.partitions.begin(), page.partitions.end(), std::back_inserter(partitions));
        if (page.next.empty()) return partitions;
        if (page.next == marker || partitions.size() > kPartitionsMax) {
            return Status(Code::kCorrupt, "a list of partitions does not end");
        }
        marker = std::move(page.next);
    }
}

Result<bool> Client::partition_exists(const Place& place) {
    const Request request{.path = table_path(config_, place.table),
                          .query = {{"partition", quoted(place.partition)}}};
    const Status status = send_rest(request, "look at " + name_of_place(place)).status();
    if (status.ok()) return true;
    if (status.code() == Code::kNotFound) return false;
    return status;
}

Status Client::create_partition(const Place& place) {
    std::string table = config_.project + ".";
    if (!config_.schema.empty()) table += config_.schema + ".";
    const std::string sql = "ALTER TABLE " + table + "`" + place.table +
                            "` ADD IF NOT EXISTS PARTITION (" + quoted(place.partition) + ");";
    return run_sql(sql, {.repeatable = true})
        .status()
        .with_context("cannot create partition " + name_of_place(place));
}

Result<UploadSession> Client::create_upload(const Place& place, const UploadOptions& options) {
    Query query = {{"uploads", ""}};
    if (options.overwrite) query.emplace_back("overwrite", "true");
    MILLRACE_ASSIGN(const HttpAnswer answer, send_tunnel(at(Method::kPost, place, std::move(query)),
                                                         place, "begin an upload to "));
    return read_upload(answer);
}

Result<UploadSession> Client::upload(const Place& place, const std::string& id) {
    MILLRACE_ASSIGN(const HttpAnswer answer,
                    send_tunnel(at(Method::kGet, place, {{"uploadid", id}}), place,
                                "look at the upload session of "));
    return read_upload(answer);
}

Result<std::unique_ptr<BlockUpload>> Client::start_block(const Place& place, const std::string& id,
                                                         uint32_t block, std::string_view body) {
    MILLRACE_ASSIGN(const Endpoint* service, tunnel());
    Request request =
        at(Method::kPut, place, {{"uploadid", id}, {"blockid", std::to_string(block)}});
    request.headers.emplace_back("Content-Type", "application/octet-stream");
    request.body = body;
    request.timeouts.total = kTransferTime;
    std::unique_ptr<BlockUpload> upload(new BlockUpload(
        *this, *service, std::move(request),
        "take block " + std::to_string(block) + " of an upload to " + name_of_place(place)));
    upload->call_.start();
    return upload;
}

Status Client::put_block(const Place& place, const std::string& id, uint32_t block,
                         std::string_view body) {
    MILLRACE_ASSIGN(const std::unique_ptr<BlockUpload> upload, start_block(place, id, block, body));
    return upload->finish();
}

Result<DownloadSession> Client::create_download(const Place& place) {
    Query query = {{"downloads", ""}, {"asyncmode", "true"}};
    MILLRACE_ASSIGN(const HttpAnswer answer, send_tunnel(at(Method::kPost, place, std::move(query)),
                                                         place, "begin a download of "));
    MILLRACE_ASSIGN(DownloadSession session, read_download(answer));
    const MonoTime began = context_.clock.monotonic();
    Duration pause = policy_.pause_first;
    while (session.state == SessionState::kInitiating) {
        if (!wait_a_little(pause, began, policy_.total)) {
            return Status(Code::kUnknownOutcome,
                          "a download of " + name_of_place(place) + " does not become ready");
        }
        MILLRACE_ASSIGN(session, download(place, session.id));
    }
    return session;
}

Result<DownloadSession> Client::download(const Place& place, const std::string& id) {
    MILLRACE_ASSIGN(const HttpAnswer answer,
                    send_tunnel(at(Method::kGet, place, {{"downloadid", id}}), place,
                                "look at the download session of "));
    return read_download(answer);
}

Result<std::unique_ptr<RowsRead>> Client::start_rows(const Place& place,
                                                     const DownloadSession& session, RowRange range,
                                                     std::span<const Column> columns) {
    MILLRACE_ASSIGN(const Endpoint* service, tunnel());
    Query query = {
        {"data", ""},
        {"downloadid", session.id},
        {"rowrange", "(" + std::to_string(range.first) + "," + std::to_string(range.count) + ")"}};
    if (!std::equal(columns.begin(), columns.end(), session.columns.begin(),
                    session.columns.end())) {
        if (columns.size() > kNamedColumnsMax) {
            return config_error("at most " + std::to_string(kNamedColumnsMax) +
                                " columns can be chosen of " + name_of_place(place) +
                                "; read all of them, in the table's order");
        }
        std::string names;
        for (const Column& column : columns) {
            names += (names.empty() ? "" : ",") + column.name;
        }
        query.emplace_back("columns", std::move(names));
    }
    Request request = at(Method::kGet, place, std::move(query));
    request.timeouts.total = kTransferTime;
    std::unique_ptr<RowsRead> read(new RowsRead(*this, *service, std::move(request),
                                                "give rows of " + name_of_place(place), columns,
                                                range.count));
    read->call_.start();
    return read;
}

Result<Buffer> Client::read_rows(const Place& place, const DownloadSession& session, RowRange range,
                                 std::span<const Column> columns) {
    MILLRACE_ASSIGN(const std::unique_ptr<RowsRead> read,
                    start_rows(place, session, range, columns));
    return read->finish();
}

BlockUpload::BlockUpload(Client& client, const Endpoint& service, Request request, std::string what)
    : request_(std::move(request)),
      call_(client.context_, client.policy_, client.builder(service, request_),
            client.judge(std::move(what), {})) {}

Status BlockUpload::finish() {
    return call_.finish().status();
}

RowsRead::RowsRead(Client& client, const Endpoint& service, Request request, std::string what,
                   std::span<const Column> columns, uint64_t rows)
    : request_(std::move(request)),
      call_(client.context_, client.policy_, client.builder(service, request_),
            client.judge(std::move(what), [columns, rows](const HttpAnswer& answer) -> Status {
                MILLRACE_ASSIGN(const uint64_t read, check_stream(columns, answer.body.view()));
                if (read == rows) return {};
                return Status(Code::kCorrupt, "it holds " + std::to_string(read) + " rows, not " +
                                                  std::to_string(rows));
            })) {}

Result<Buffer> RowsRead::finish() {
    MILLRACE_ASSIGN(HttpAnswer answer, call_.finish());
    return std::move(answer.body);
}

}  // namespace millrace::maxcompute
