#include "tests/sim/cloud.h"

#include <algorithm>

#include "common/base/check.h"
#include "tests/standin/odps_service.h"
#include "tests/standin/opensearch_service.h"
#include "tests/standin/oss_service.h"
#include "tests/standin/ots_error.h"

namespace millrace::sim {

using nlohmann::json;
using standin::Datum;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const standin::Account kAccount{"id", "secret", false};

std::string key_name(uint64_t number) {
    return "k" + std::to_string(10 + number);
}

std::shared_ptr<standin::Table> new_table(const std::string& name, int64_t created_us) {
    standin::wire::TableMeta meta;
    meta.set_table_name(name);
    auto& key = *meta.add_primary_key();
    key.set_name("pk");
    key.set_type(standin::wire::STRING);
    return std::make_shared<standin::Table>(meta, standin::wire::TableOptions(), created_us);
}

standin::Hostility hostility_of(Dice& dice, const Scenario& scenario) {
    standin::Hostility hostility;
    hostility.late_children_ms = dice.one_of({0, 500, 2000});
    hostility.same_millisecond = dice.chance(0.7);
    hostility.committing_polls = scenario.target == TargetKind::kOdps ? dice.below(3) : 0;
    return hostility;
}

}  // namespace

Cloud::Cloud(Scheduler& scheduler, History& history, const Scenario& scenario)
    : scheduler_(scheduler),
      history_(history),
      scenario_(scenario),
      dice_(scenario.seed ^ 0xc10d),
      clock_(scheduler),
      server_clock_(clock_),
      database_(server_clock_, hostility_of(dice_, scenario), scenario.seed),
      ots_(kAccount, "school", database_),
      oss_(standin::make_oss_service(kAccount, "bucket", server_clock_, scenario.seed)),
      odps_(standin::make_odps_service(
          kAccount, "demo", server_clock_, [this] { return database_.hostility(); },
          scenario.seed)),
      opensearch_(
          standin::make_opensearch_service(kAccount,
                                           {.name = "app",
                                            .edition = "advanced",
                                            .tables = standin::parse_opensearch_tables("main:id")},
                                           server_clock_)),
      network_{scheduler, history, scenario.http, {}, {}} {
    // A row that no version guards must not be changed by a request that comes after its lease.
    const Duration guarded = seconds(40), unguarded = scenario.lease.margin * 3 / 4;
    network_.sites[9000] = {
        &ots_, unguarded, {{503, "OTSServerBusy"}, {500, "OTSInternalServerError"}}};
    network_.sites[9001] = {oss_.get(), guarded, {{503, "SlowDown"}, {500, "InternalError"}}};
    network_.sites[9002] = {
        odps_.get(), guarded, {{503, "ServiceUnavailable"}, {500, "InternalServerError"}}};
    network_.sites[9003] = {opensearch_.get(), unguarded, {{200, "3007"}, {200, "1000"}}};
    make_source();
    make_targets();
    standin::Fault rows;
    rows.kind = standin::FaultKind::kStatus;
    rows.code = "OTSNotEnoughCapacityUnit";
    rows.percent = scenario.http.rows_refused;
    rows.rows = true;
    if (rows.percent > 0) database_.row_faults().add(rows);
}

void Cloud::make_source() {
    const int64_t created_us = server_clock_.now_us() - 3'600'000'000;
    table_ = new_table("t", created_us);
    std::vector<Datum> cuts;
    for (int i = 1; i < scenario_.shards; ++i) {
        cuts.push_back(
            Datum::of(key_name(static_cast<uint64_t>(i * scenario_.keys / scenario_.shards))));
    }
    database_.enable_stream(*table_, 24, created_us, cuts);
    database_.add(table_);
}

void Cloud::make_targets() {
    database_.add(new_table("copy", server_clock_.now_us()));
    if (scenario_.target == TargetKind::kOdps) {
        ask(*odps_, "POST /odps/sql",
            {{"query",
              "create table t (k string, n bigint, filling string) partitioned by (pt string)"}});
    }
}

void Cloud::calm_down() {
    network_.faults = {.usual = scenario_.http.usual};
    database_.row_faults().clear();
}

json Cloud::ask(standin::Service& service, const std::string& call, const json& body) {
    json answer;
    const bool known = service.administer(call, body, answer);
    MILLRACE_CHECK(known);
    return answer;
}

// Dense around the borders of windows, thin in between and while windows are read.
std::vector<Duration> Cloud::writing_times() {
    std::vector<Duration> times;
    const auto since = [](MillisPoint time) { return TimePoint(time) - kBeginning; };
    const Duration first = since(scenario_.windows.front().start);
    const Duration last = since(scenario_.windows.back().end);
    std::vector<Duration> borders = {first};
    for (const Window& window : scenario_.windows) borders.push_back(since(window.end));
    for (const Duration border : borders) {
        const int64_t around = dice_.between(2, 7);
        for (int64_t i = 0; i < around; ++i) {
            times.push_back(border + milliseconds(dice_.between(-1500, 1500)));
        }
        if (dice_.chance(0.4)) times.push_back(border);
    }
    for (int64_t i = dice_.between(3, 25); i > 0; --i) {
        times.push_back(dice_.between(first - seconds(20), last + seconds(20)));
    }
    for (int64_t i = dice_.between(0, 6); i > 0; --i) {
        times.push_back(dice_.between(last, scenario_.faults_end));
    }
    std::sort(times.begin(), times.end());
    return times;
}

void Cloud::begin_writing() {
    for (const Duration time : writing_times()) {
        scheduler_.at(time, [this] { write_once(); });
    }
    const Duration from = TimePoint(scenario_.windows.front().start) - kBeginning - seconds(20);
    const Duration until = scenario_.settled(scenario_.windows.size() - 1) + seconds(20);
    const Duration dense_until = TimePoint(scenario_.windows.back().end) - kBeginning;
    for (int64_t i = dice_.between(0, 3); i > 0; --i) {
        scheduler_.at(dice_.between(from, dice_.chance(0.7) ? dense_until : until),
                      [this] { change_shards(); });
    }
    if (dice_.chance(0.5)) {
        for (int64_t i = dice_.between(1, 2); i > 0; --i) {
            // Best seen when records from before a border come behind it.
            const size_t window = dice_.below(scenario_.windows.size());
            const Duration border = TimePoint(scenario_.windows[window].end) - kBeginning;
            scheduler_.at(dice_.chance(0.7) ? border + milliseconds(dice_.between(-300, 1200))
                                            : dice_.between(from, dense_until),
                          [this] { step_back(); });
        }
    }
}

void Cloud::write_once() {
    const uint64_t key = dice_.below(static_cast<uint64_t>(scenario_.keys));
    const uint64_t kind = dice_.below(10);
    standin::RowChange change;
    change.action = kind < 6   ? standin::Action::kPut
                    : kind < 9 ? standin::Action::kUpdate
                               : standin::Action::kDelete;
    change.key = {Datum::of(key_name(key))};
    ++numbers_;
    if (change.action != standin::Action::kDelete) {
        change.cells.push_back({"n", standin::CellOp::kPut, Datum::of(numbers_)});
        if (scenario_.value_bytes > 0) {
            change.cells.push_back({"filling", standin::CellOp::kPut,
                                    Datum::of(std::string(scenario_.value_bytes, 'x'))});
        }
    }
    const std::unique_lock lock(table_->mutex);
    const standin::Shard& shard = table_->stream->shard_of(change.key[0]);
    table_->write(change, server_clock_.now_us(), database_.hostility());
    const Sequence sequence = shard.sequence(shard.size() - 1);
    shards_[shard.id].push_back(
        {sequence, change.action, key_name(key), numbers_, scheduler_.now()});
    history_.note(scheduler_.now(), "table", "write",
                  key_name(key) + " number " + std::to_string(numbers_) + " shard " + shard.id +
                      " epoch " + std::to_string(sequence.epoch) + " time " +
                      std::to_string(sequence.timestamp_us));
}

void Cloud::change_shards() {
    const std::unique_lock lock(table_->mutex);
    standin::Stream& stream = *table_->stream;
    const int64_t now_us = server_clock_.now_us();
    const int64_t listed_us = now_us + database_.hostility().late_children_ms * 1000;
    const auto open = stream.open_shards();
    std::string what;
    try {
        if (open.size() > 1 && (open.size() > 4 || dice_.chance(0.4))) {
            const size_t left = dice_.below(open.size() - 1);
            what = "merge " + open[left]->id + " " + open[left + 1]->id;
            stream.merge(open[left]->id, open[left + 1]->id, now_us, listed_us);
        } else {
            const Datum at =
                Datum::of(key_name(dice_.below(static_cast<uint64_t>(scenario_.keys))) + "-");
            const standin::Shard& shard = stream.shard_of(at);
            what = "split " + shard.id;
            stream.split(shard.id, at, now_us, listed_us);
        }
    } catch (const standin::OtsError&) {
        what += " is not possible";
    }
    history_.note(scheduler_.now(), "table", "shards", what);
}

// From now on new records carry times that have been before.
void Cloud::step_back() {
    standin::Hostility hostility = database_.hostility();
    hostility.stream_shift_ms += dice_.between(1100, 15'000);
    database_.set_hostility(hostility);
    history_.note(scheduler_.now(), "table", "clock steps back",
                  std::to_string(hostility.stream_shift_ms));
}

std::vector<std::string> Cloud::parents_of(const std::string& id) const {
    const standin::Shard* shard = table_->stream->find(id, server_clock_.now_us());
    std::vector<std::string> parents;
    if (shard && !shard->parent.empty()) parents.push_back(shard->parent);
    if (shard && !shard->sibling.empty()) parents.push_back(shard->sibling);
    return parents;
}

bool Cloud::is_closed(const std::string& id) const {
    const standin::Shard* shard = table_->stream->find(id, server_clock_.now_us());
    return shard && !shard->open();
}

std::map<std::string, std::string> Cloud::objects() {
    return ask(*oss_, "GET /oss/objects", {}).get<std::map<std::string, std::string>>();
}

std::vector<std::pair<std::string, int64_t>> Cloud::odps_rows() {
    const json answer =
        ask(*odps_, "POST /odps/sql", {{"query", "select k, n from t where pt='1'"}});
    std::vector<std::pair<std::string, int64_t>> rows;
    const std::string text = answer.at("text");
    for (size_t at = text.find('\n'); at != text.npos && at + 1 < text.size();) {
        const size_t end = std::min(text.find('\n', at + 1), text.size());
        const std::string line = text.substr(at + 1, end - at - 1);
        const size_t comma = line.find(',');
        if (comma != line.npos) {
            std::string key = line.substr(0, comma);
            std::erase(key, '"');
            rows.emplace_back(key, std::stoll(line.substr(comma + 1)));
        }
        at = end;
    }
    return rows;
}

std::map<std::string, int64_t> Cloud::documents() {
    std::map<std::string, int64_t> found;
    const json answer = ask(*opensearch_, "GET /opensearch/documents", {});
    for (const auto& [key, fields] : answer.items()) {
        const json& number = fields.at("n");
        found[key] =
            number.is_string() ? std::stoll(number.get<std::string>()) : number.get<int64_t>();
    }
    return found;
}

std::map<std::string, int64_t> Cloud::table_rows() {
    std::map<std::string, int64_t> found;
    const auto table = database_.find("copy");
    for (const auto& [key, row] : table->rows()) {
        const auto cell = row.find("n");
        if (cell != row.end() && !cell->second.empty()) {
            found[key[0].bytes] = cell->second.begin()->second.integer;
        }
    }
    return found;
}

}  // namespace millrace::sim
