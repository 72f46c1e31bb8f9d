// A stream with one shard behind an HttpClient: what the service would answer, signed as it signs.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "common/base/fakes/fake_clock.h"
#include "common/codec/plainbuffer/writer.h"
#include "common/crypto/digest.h"
#include "common/net/fake_http.h"
#include "common/services/tablestore/config.h"
#include "common/services/tablestore/sign.h"
#include "tablestore.pb.h"

namespace millrace::test {

struct FakeRecord {
    tablestore::wire::ActionType action = tablestore::wire::PUT_ROW;
    Sequence sequence;
    std::string bytes;
};

// A put of one row: key `pk` = `key`, column `c` = `value`.
inline FakeRecord put_record(Sequence sequence, std::string_view key, std::string_view value) {
    plainbuffer::Row row;
    row.key.push_back({"pk", plainbuffer::KeyValue::of(Value::of_string(key))});
    row.cells.push_back(
        {"c", plainbuffer::CellOp::kPut, Value::of_string(value), sequence.timestamp_us / 1000});
    row.sequence = sequence;
    return {tablestore::wire::PUT_ROW, sequence, plainbuffer::encode_row(row)};
}

// Iterators are "i<number of records before it>". Pages have random lengths, the same record may be
// on another page the next time.
class FakeShard {
  public:
    explicit FakeShard(FakeClock& clock, uint64_t seed = 1) : clock_(clock), random_(seed) {}

    std::vector<FakeRecord> records;
    bool closed = false;
    size_t page_max = 4;
    int empty_pages = 0;        // so many empty ones with more to come before each page
    size_t trimmed = 0;         // records that have been forgotten
    int damage_next = 0;        // so many pages get a flipped byte in their first record
    bool resign_damage = true;  // ... which the service itself signs
    int requests = 0;
    std::optional<int64_t> seek_us;  // of the last GetShardIterator
    HttpClient& http() { return http_; }

    static tablestore::Config config(int max_retries = 2) {
        tablestore::Settings settings;
        settings.endpoint = "http://127.0.0.1:1";
        settings.instance = "school";
        settings.access_id = "testid";
        settings.access_key = Secret("testsecret");
        settings.max_retries = max_retries;
        return *tablestore::make_config(settings);
    }

    HttpAnswer trimmed_answer() const {
        tablestore::wire::Error error;
        error.set_code("OTSTrimmedDataAccess");
        error.set_message("Requested stream data is already trimmed or does not exist.");
        return sign("GetStreamRecord", 400, error.SerializeAsString());
    }

  private:
    Result<HttpAnswer> answer(const HttpRequest& request) {
        ++requests;
        const std::string action = request.url.substr(request.url.rfind('/') + 1);
        if (action == "GetShardIterator") {
            tablestore::wire::GetShardIteratorRequest asked;
            asked.ParseFromArray(request.body.data(), static_cast<int>(request.body.size()));
            seek_us.reset();
            if (asked.has_timestamp()) seek_us = asked.timestamp();
            tablestore::wire::GetShardIteratorResponse made;
            made.set_shard_iterator("i" + std::to_string(place_of(seek_us)));
            return sign(action, 200, made.SerializeAsString());
        }
        tablestore::wire::GetStreamRecordRequest asked;
        asked.ParseFromArray(request.body.data(), static_cast<int>(request.body.size()));
        const size_t from = std::stoul(asked.shard_iterator().substr(1));
        if (from < trimmed) return trimmed_answer();
        return page(from, asked.has_limit() ? static_cast<size_t>(asked.limit()) : page_max);
    }

    size_t place_of(std::optional<int64_t> time_us) const {
        size_t place = trimmed;
        while (time_us && place < records.size() &&
               records[place].sequence.timestamp_us < *time_us) {
            ++place;
        }
        return place;
    }

    Result<HttpAnswer> page(size_t from, size_t limit) {
        tablestore::wire::GetStreamRecordResponse made;
        size_t to = from;
        if (empties_given_ < empty_pages) {
            ++empties_given_;
            made.set_may_more_record(true);
        } else {
            empties_given_ = 0;
            const size_t left = records.size() - from;
            if (left > 0) to = from + 1 + random_() % std::min(left, limit);
        }
        for (size_t i = from; i < to; ++i) {
            auto* record = made.add_stream_records();
            record->set_action_type(records[i].action);
            record->set_record(records[i].bytes);
        }
        if (to < records.size() || !closed || made.may_more_record()) {
            made.set_next_shard_iterator("i" + std::to_string(to));
        }
        const bool damage = damage_next > 0 && to > from;
        if (!damage) return sign("GetStreamRecord", 200, made.SerializeAsString());
        --damage_next;
        const std::string whole = made.SerializeAsString();
        std::string& bytes = *made.mutable_stream_records(0)->mutable_record();
        bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
        HttpAnswer damaged =
            sign("GetStreamRecord", 200, resign_damage ? made.SerializeAsString() : whole);
        damaged.body.clear();
        damaged.body.append(made.SerializeAsString());
        return damaged;
    }

    HttpAnswer sign(const std::string& action, int status, const std::string& body) const {
        Headers headers{{"x-ots-contentmd5", base64(md5(body))},
                        {"x-ots-contenttype", "protocol buffer"},
                        {"x-ots-requestid", "r1"},
                        {"x-ots-date", to_iso8601(clock_.now())}};
        const std::string text = tablestore::response_string_to_sign(action, headers);
        headers.emplace_back("authorization", "OTS testid:" + tablestore::response_signature(
                                                                  Secret("testsecret"), text));
        return FakeHttp::answer(status, body, std::move(headers));
    }

    FakeClock& clock_;
    std::mt19937_64 random_;
    int empties_given_ = 0;
    FakeHttp http_{[this](const HttpRequest& request) { return answer(request); }};
};

}  // namespace millrace::test
