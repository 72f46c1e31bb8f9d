// Tables of the stand-in cloud for tests of what reads them, without sockets.
#pragma once

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/services/tablestore/client.h"
#include "tests/standin/ots_service.h"
#include "tests/unit/standin_http.h"

namespace millrace::test {

using standin::Datum;

class TableCloud {
  public:
    using Key = standin::Key;
    using Cells = std::vector<std::pair<std::string, Datum>>;

    explicit TableCloud(uint64_t seed = 3)
        : database(server_clock, standin::Hostility(), seed),
          ots({"testid", "canary-secret", true}, "school", database),
          handler_(standin_handler(ots, hook)) {}

    // Key columns are written "name:int", defined ones "name:string"; also binary, double, bool.
    std::shared_ptr<standin::Table> create(const std::string& name,
                                           const std::vector<std::string>& key,
                                           const std::vector<std::string>& defined = {},
                                           int max_versions = 1) {
        standin::wire::TableMeta meta;
        meta.set_table_name(name);
        for (const std::string& column : key) {
            auto& made = *meta.add_primary_key();
            const auto [left, type] = split(column);
            made.set_name(left);
            made.set_type(type == "int"      ? standin::wire::INTEGER
                          : type == "binary" ? standin::wire::BINARY
                                             : standin::wire::STRING);
        }
        for (const std::string& column : defined) {
            auto& made = *meta.add_defined_column();
            const auto [left, type] = split(column);
            made.set_name(left);
            made.set_type(type == "int"      ? standin::wire::DCT_INTEGER
                          : type == "double" ? standin::wire::DCT_DOUBLE
                          : type == "bool"   ? standin::wire::DCT_BOOLEAN
                          : type == "binary" ? standin::wire::DCT_BLOB
                                             : standin::wire::DCT_STRING);
        }
        standin::wire::TableOptions options;
        options.set_max_versions(max_versions);
        auto table = std::make_shared<standin::Table>(meta, options, server_clock.now_us());
        database.add(table);
        return table;
    }
    // The whole row; `at_ms` = the version of its cells.
    void put(const std::string& table, const Key& key, const Cells& cells,
             std::optional<int64_t> at_ms = {}) {
        write(table, standin::Action::kPut, key, cells, at_ms);
    }
    void update(const std::string& table, const Key& key, const Cells& cells,
                std::optional<int64_t> at_ms = {}) {
        write(table, standin::Action::kUpdate, key, cells, at_ms);
    }
    void erase(const std::string& table, const Key& key) {
        write(table, standin::Action::kDelete, key, {}, {});
    }

    static tablestore::Config address() {
        tablestore::Settings settings{.endpoint = "http://127.0.0.1:9000",
                                      .instance = "school",
                                      .access_id = "testid",
                                      .access_key = Secret("canary-secret")};
        settings.max_retries = 3;
        return *tablestore::make_config(settings);
    }
    tablestore::Client client() { return tablestore::Client(context, address()); }

    FakeClock clock;
    FakeRandom random;
    standin::ServerClock server_clock{clock};
    standin::Database database;
    standin::OtsService ots;
    AnswerHook hook;  // may change answers

  private:
    static std::pair<std::string, std::string> split(const std::string& column) {
        const size_t colon = column.find(':');
        return {column.substr(0, colon), column.substr(colon + 1)};
    }
    void write(const std::string& name, standin::Action action, const Key& key, const Cells& cells,
               std::optional<int64_t> at_ms) {
        const auto table = database.find(name);
        standin::RowChange change{action, key, {}};
        for (const auto& [column, value] : cells) {
            change.cells.push_back({column, standin::CellOp::kPut, value,
                                    at_ms.value_or(standin::CellChange::kNoTime)});
        }
        const std::unique_lock lock(table->mutex);
        table->write(change, server_clock.now_us(), database.hostility());
    }

    FakeHttp::Handler handler_;

  public:
    // Every request that goes out; may fail in place of the service.
    std::function<Status(const HttpRequest&)> on_request;
    FakeHttp http{[this](const HttpRequest& request) -> Result<HttpAnswer> {
        if (on_request) MILLRACE_TRY(on_request(request));
        return handler_(request);
    }};
    CallContext context{http, clock, random, {}, {}};
};

}  // namespace millrace::test
