#include <google/protobuf/io/coded_stream.h>

#include "common/crypto/digest.h"
#include "tests/standin/ots_actions.h"
#include "tests/standin/ots_error.h"
#include "tests/standin/seeded.h"

namespace millrace::standin {
namespace {

constexpr uint64_t kPageRecordsMax = 1000;
constexpr size_t kPageBytesMax = 4 << 20;

[[noreturn]] void no_shard() {
    refuse_with(404, "OTSObjectNotExist", "Requested shard does not exist.");
}

void append_varint(std::string& to, uint64_t value) {
    uint8_t bytes[10];
    const auto* end = google::protobuf::io::CodedOutputStream::WriteVarint64ToArray(value, bytes);
    to.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(end - bytes));
}

// One StreamRecord of a GetStreamRecordResponse.
void append_record(std::string& to, Action action, std::string_view record) {
    constexpr uint8_t kRecords = 1 << 3 | 2, kActionType = 1 << 3, kRecord = 2 << 3 | 2;
    std::string inner;  // short enough to need no memory
    append_varint(inner, kActionType);
    append_varint(inner, static_cast<uint64_t>(action));
    append_varint(inner, kRecord);
    append_varint(inner, record.size());
    append_varint(to, kRecords);
    append_varint(to, inner.size() + record.size());
    to += inner;
    to += record;
}

// Records from `at` on as fields of the answer; how many there are in `page`.
std::string encode_page(const Shard& shard, const Iterator& at, Stream::Page& page) {
    std::string body;
    Buffer record;
    for (uint64_t i = 0; i < page.count; ++i) {
        record.clear();
        const Action action = shard.encode(at.ordinal + i, record);
        // The first record says about how much room all of them take.
        if (i == 0)
            body.reserve(std::min(kPageBytesMax, (record.size() + 64) * page.count) * 9 / 8);
        append_record(body, action, record.view());
        if (body.size() >= kPageBytesMax) page.count = i + 1;
    }
    return body;
}

// "Seek not finished" some times over; the last call gives the place.
bool seek_again(const Database& database, const wire::GetShardIteratorRequest& request,
                std::string& next_token) {
    const uint64_t seed = database.seed() ^ mix_text(request.shard_id());
    const uint64_t steps = database.hostility().seek_steps ? 1 + mix(seed) % 3 : 0;
    const std::string mark = std::to_string(request.timestamp()) + '-';
    uint64_t done = 0;
    if (!request.token().empty()) {
        if (!request.token().starts_with(mark))
            refuse_parameter("The token does not belong to this timestamp.");
        done = std::strtoull(request.token().c_str() + mark.size(), nullptr, 10);
    }
    next_token = mark + std::to_string(done + 1);
    return done < steps;
}

}  // namespace

wire::ListStreamResponse list_stream(Database& database, const wire::ListStreamRequest& request) {
    wire::ListStreamResponse response;
    if (request.has_table_name() && !request.table_name().empty())
        database.find(request.table_name());
    for (const auto& table : database.all()) {
        if (!request.table_name().empty() && table->name() != request.table_name()) continue;
        const std::shared_lock lock(table->mutex);
        if (!table->stream) continue;
        auto& stream = *response.add_streams();
        stream.set_stream_id(table->stream->options().id);
        stream.set_table_name(table->name());
        stream.set_creation_time(table->stream->options().created_us);
    }
    return response;
}

wire::DescribeStreamResponse describe_stream(Database& database,
                                             const wire::DescribeStreamRequest& request) {
    const auto table = database.find_by_stream(request.stream_id());
    const std::shared_lock lock(table->mutex);
    if (!table->stream) refuse_with(404, "OTSObjectNotExist", "Requested stream does not exist.");
    const Stream& stream = *table->stream;
    wire::DescribeStreamResponse response;
    response.set_stream_id(request.stream_id());
    response.set_expiration_time(stream.options().expiration_hours);
    response.set_table_name(table->name());
    response.set_creation_time(stream.options().created_us);
    response.set_stream_status(wire::STREAM_ACTIVE);
    const auto listing = stream.list(request.inclusive_start_shard_id(), request.shard_limit(),
                                     database.clock().now_us(), database.hostility());
    for (const Shard* shard : listing.shards) {
        auto& item = *response.add_shards();
        item.set_shard_id(shard->id);
        if (!shard->parent.empty()) item.set_parent_id(shard->parent);
        if (!shard->sibling.empty()) item.set_parent_sibling_id(shard->sibling);
    }
    if (!listing.next.empty()) response.set_next_shard_id(listing.next);
    return response;
}

wire::GetShardIteratorResponse get_shard_iterator(Database& database,
                                                  const wire::GetShardIteratorRequest& request) {
    const auto table = database.find_by_stream(request.stream_id());
    const std::shared_lock lock(table->mutex);
    if (!table->stream) refuse_with(404, "OTSObjectNotExist", "Requested stream does not exist.");
    const int64_t now_us = database.clock().now_us();
    const Shard* shard = table->stream->find(request.shard_id(), now_us);
    if (!shard) no_shard();
    Iterator place{request.stream_id(), shard->id, table->stream->horizon(*shard, now_us), false};
    wire::GetShardIteratorResponse response;
    if (request.has_timestamp()) {
        std::string token;
        if (seek_again(database, request, token))
            response.set_next_token(token);
        else
            place.ordinal = std::max(place.ordinal, shard->seek(request.timestamp()));
    }
    response.set_shard_iterator(place.text());
    return response;
}

Answer get_stream_record(Database& database, ServedRecords& served, AnswerCache& cache,
                         const wire::GetStreamRecordRequest& request) {
    const auto at = Iterator::parse(request.shard_iterator());
    if (!at) refuse_parameter("Invalid shard iterator.");
    if (request.limit() < 0) refuse_parameter("The limit must be greater than 0.");
    const auto table = database.find_by_stream(at->stream);
    const std::shared_lock lock(table->mutex);
    if (!table->stream) refuse_with(404, "OTSObjectNotExist", "Requested stream does not exist.");
    const Stream& stream = *table->stream;
    const int64_t now_us = database.clock().now_us();
    const Shard* shard = stream.find(at->shard, now_us);
    if (!shard || at->ordinal < stream.horizon(*shard, now_us))
        refuse_with(403, "OTSTrimmedDataAccess",
                    "Requested stream data is already trimmed or does not exist.");
    if (at->ordinal > shard->size()) refuse_parameter("Invalid shard iterator.");

    const auto asked = static_cast<uint64_t>(request.limit());
    const uint64_t limit = asked > 0 ? std::min(asked, kPageRecordsMax) : kPageRecordsMax;
    const Hostility hostility = database.hostility();
    Stream::Page page = stream.page(*shard, *at, limit, hostility);
    // Equal places and counts make equal answers as long as more records follow.
    const std::string key = at->text() + '/' + std::to_string(page.count);
    if (Answer known = cache.find(key); known.body) {
        served.add(shard->id, at->ordinal, page.count);
        return known;
    }
    std::string body = encode_page(*shard, *at, page);
    served.add(shard->id, at->ordinal, page.count);
    wire::GetStreamRecordResponse rest;
    if (const auto next = stream.after(*shard, *at, page, hostility))
        rest.set_next_shard_iterator(next->text());
    set_consumed(*rest.mutable_consumed(), 1, 0);
    const bool more = at->ordinal + page.count < shard->size();
    rest.set_may_more_record(more);
    body += rest.SerializeAsString();
    Answer result{std::make_shared<const std::string>(std::move(body)), ""};
    if (more && page.count > 0 && cache.wants(result.body->size())) {
        result.md5 = base64(md5(*result.body));
        cache.keep(key, result);
    }
    return result;
}

}  // namespace millrace::standin
