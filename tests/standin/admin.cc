#include "tests/standin/admin.h"

#include <nlohmann/json.hpp>

#include "tests/standin/fill.h"
#include "tests/standin/ots_error.h"

namespace millrace::standin {
namespace {

using nlohmann::json;

Datum datum(const json& value) {
    if (value.is_number_integer()) return Datum::of(value.get<int64_t>());
    return Datum::of(value.get<std::string>());
}

json shards_of(const Stream& stream) {
    json shards = json::array();
    for (const Shard* shard : stream.open_shards())
        shards.push_back({{"id", shard->id},
                          {"low", shard->low.text()},
                          {"high", shard->high.text()},
                          {"records", shard->size()}});
    return shards;
}

wire::PrimaryKeyType key_type(const std::string& name) {
    if (name == "string") return wire::STRING;
    if (name == "integer") return wire::INTEGER;
    if (name == "binary") return wire::BINARY;
    refuse_parameter("a key column is string, integer or binary, not \"" + name + "\"");
}

// The first key that halves the rows of a shard.
Datum middle_of(const Rows& rows, const Shard& shard) {
    std::vector<const Datum*> keys;
    for (const auto& [key, row] : rows)
        if (compare(key[0], shard.low) >= 0 && compare(key[0], shard.high) < 0 &&
            (keys.empty() || compare(*keys.back(), key[0]) != 0))
            keys.push_back(&key[0]);
    if (keys.size() < 2) refuse_parameter("the shard holds fewer than two keys: say where with at");
    return *keys[keys.size() / 2];
}

}  // namespace

Response Admin::handle(const Request& request) {
    Response response;
    json answer;
    try {
        const json body = request.body.empty() ? json::object() : json::parse(request.body);
        answer = run(request.method + ' ' + std::string(request.path()), body);
    } catch (const OtsError& error) {
        response.status = 400;
        answer = {{"error", error.message}};
    } catch (const json::exception& error) {
        response.status = 400;
        answer = {{"error", error.what()}};
    }
    response.headers.emplace_back("Content-Type", "application/json");
    response.set_body(answer.dump() + '\n');
    return response;
}

json Admin::run(const std::string& call, const json& body) {
    Database& database = parts_.database;
    if (call == "GET /counters") return counters();
    if (call == "POST /counters/reset") {
        parts_.counters.reset();
        for (Service* service : parts_.services) service->reset_counters();
    } else if (call == "POST /fault") {
        const auto fault = Fault::parse(body);
        if (!fault.ok()) refuse_parameter(fault.status().text());
        (fault->rows ? parts_.database.row_faults() : parts_.faults).add(*fault);
    } else if (call == "DELETE /fault") {
        parts_.faults.clear();
        parts_.database.row_faults().clear();
    } else if (call == "POST /clock") {
        parts_.clock.set_offset_ms(body.at("offset_ms"));
    } else if (call == "GET /clock") {
        return {{"now_ms", parts_.clock.now_ms()}, {"offset_ms", parts_.clock.offset_ms()}};
    } else if (call == "POST /hostile") {
        return set_hostility(body);
    } else if (call == "POST /table") {
        return make_table(body);
    } else if (call == "POST /fill") {
        fill(database, FillSpec::parse(body));
    } else if (call == "POST /shard/split" || call == "POST /shard/merge") {
        return change_shards(call, body);
    } else if (call == "POST /trim") {
        const auto table = database.find(body.at("table"));
        const std::unique_lock lock(table->mutex);
        if (!table->stream) refuse_parameter("The stream of data table is not enabled.");
        table->stream->trim(body.at("before_ms").get<int64_t>() * 1000);
    } else {
        json answer = json::object();
        for (Service* service : parts_.services)
            if (service->administer(call, body, answer)) return answer;
        refuse_parameter("no such call: " + call);
    }
    return json::object();
}

json Admin::make_table(const json& body) {
    wire::TableMeta meta;
    meta.set_table_name(body.at("table"));
    for (const auto& column :
         body.value("key", json::array({{{"name", "pk"}, {"type", "string"}}}))) {
        auto& key = *meta.add_primary_key();
        key.set_name(column.at("name"));
        key.set_type(key_type(column.value("type", "string")));
    }
    wire::TableOptions options;
    options.set_max_versions(body.value("max_versions", 1));
    const int64_t now_us = parts_.clock.now_us();
    const auto table = std::make_shared<Table>(
        meta, options,
        body.contains("created_ms") ? body["created_ms"].get<int64_t>() * 1000 : now_us);
    std::vector<Datum> cuts;
    for (const auto& at : body.value("at", json::array())) cuts.push_back(datum(at));
    if (body.value("stream", true))
        parts_.database.enable_stream(*table, body.value("expiration_hours", 24),
                                      table->created_us(), cuts);
    parts_.database.add(table);
    return table->stream ? json{{"shards", shards_of(*table->stream)}} : json::object();
}

json Admin::change_shards(const std::string& call, const json& body) {
    const auto table = parts_.database.find(body.at("table"));
    const std::unique_lock lock(table->mutex);
    if (!table->stream) refuse_parameter("The stream of data table is not enabled.");
    Stream& stream = *table->stream;
    const int64_t now_us = parts_.clock.now_us();
    const int64_t listed_us = now_us + parts_.database.hostility().late_children_ms * 1000;
    const auto open = stream.open_shards();
    if (call == "POST /shard/merge") {
        if (open.size() < 2) refuse_parameter("there is one open shard only");
        stream.merge(body.value("left", open[0]->id), body.value("right", open[1]->id), now_us,
                     listed_us);
    } else {
        const Shard* shard = stream.find(body.value("shard", open[0]->id), now_us);
        if (!shard) refuse_parameter("no such shard");
        const Datum at = body.contains("at") ? datum(body["at"]) : middle_of(table->rows(), *shard);
        stream.split(shard->id, at, now_us, listed_us);
    }
    return {{"shards", shards_of(stream)}};
}

json Admin::set_hostility(const json& body) {
    Hostility hostility = parts_.database.hostility();
    if (body.value("calm", false)) hostility = Hostility::calm();
    hostility.short_pages = body.value("short_pages", hostility.short_pages);
    hostility.empty_pages = body.value("empty_pages", hostility.empty_pages);
    hostility.same_millisecond = body.value("same_millisecond", hostility.same_millisecond);
    hostility.seek_steps = body.value("seek_steps", hostility.seek_steps);
    hostility.late_end = body.value("late_end", hostility.late_end);
    hostility.late_children_ms = body.value("late_children_ms", hostility.late_children_ms);
    hostility.stream_shift_ms = body.value("stream_shift_ms", hostility.stream_shift_ms);
    hostility.short_lists = body.value("short_lists", hostility.short_lists);
    hostility.initiating_polls = body.value("initiating_polls", hostility.initiating_polls);
    hostility.committing_polls = body.value("committing_polls", hostility.committing_polls);
    hostility.running_polls = body.value("running_polls", hostility.running_polls);
    parts_.database.set_hostility(hostility);
    return {{"short_pages", hostility.short_pages},
            {"empty_pages", hostility.empty_pages},
            {"same_millisecond", hostility.same_millisecond},
            {"seek_steps", hostility.seek_steps},
            {"late_end", hostility.late_end},
            {"late_children_ms", hostility.late_children_ms},
            {"stream_shift_ms", hostility.stream_shift_ms},
            {"short_lists", hostility.short_lists},
            {"initiating_polls", hostility.initiating_polls},
            {"committing_polls", hostility.committing_polls},
            {"running_polls", hostility.running_polls}};
}

json Admin::counters() const {
    json result = parts_.counters.json();
    result["faults"] = parts_.faults.hits();
    result["row_faults"] = parts_.database.row_faults().hits();
    for (const Service* service : parts_.services) service->add_counters(result);
    return result;
}

}  // namespace millrace::standin
