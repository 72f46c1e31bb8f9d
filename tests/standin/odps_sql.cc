#include "tests/standin/odps_sql.h"

#include <nlohmann/json.hpp>

#include "common/crypto/digest.h"
#include "tests/standin/http_server.h"

namespace millrace::standin {
namespace {

constexpr const char* kSemantic = "ODPS-0130071";
constexpr const char* kDdl = "ODPS-0110061";

void ddl_fails(const SqlCursor& cursor, size_t at, const std::string& kind,
               const std::string& message) {
    cursor.fail(at, kDdl, "Failed to run ddltask - " + kind + "Exception(message:" + message + ")");
}

void apply_setting(SqlContext& context, const std::string& name, const std::string& value) {
    if (name == "odps.sql.type.system.odps2") context.odps2 = lower(value) == "true";
    if (name == "odps.sql.timezone") {
        const std::string zone = lower(value);
        context.zone_s = zone == "etc/gmt" || zone == "gmt" || zone == "utc" ? 0 : 8 * 3600;
    }
}

bool if_exists(SqlCursor& cursor) {
    if (!cursor.word("if")) return false;
    cursor.need_word("exists");
    return true;
}

bool if_not_exists(SqlCursor& cursor) {
    if (!cursor.word("if")) return false;
    cursor.need_word("not");
    cursor.need_word("exists");
    return true;
}

std::vector<OdpsColumn> columns(SqlCursor& cursor, const SqlContext& context) {
    std::vector<OdpsColumn> all;
    cursor.need_symbol('(');
    do {
        const size_t at = cursor.token().at;
        OdpsColumn column{cursor.name(), cursor.type()};
        if (!context.odps2 && !column.type.is_old())
            cursor.fail(at, kSemantic,
                        "Semantic analysis exception - " + column.type.text() +
                            " type is not enabled in current mode. Please set "
                            "odps.sql.type.system.odps2=true to use it.");
        if (cursor.word("not")) {
            cursor.need_word("null");
            column.nullable = false;
        } else {
            cursor.word("null");
        }
        if (cursor.word("comment")) column.comment = cursor.text();
        for (const OdpsColumn& one : all)
            if (one.name == column.name)
                cursor.fail(at, kSemantic,
                            "Semantic analysis exception - column repeated: " + column.name);
        all.push_back(std::move(column));
    } while (cursor.symbol(','));
    cursor.need_symbol(')');
    return all;
}

void create_table(SqlCursor& cursor, SqlContext& context) {
    const bool quiet = if_not_exists(cursor);
    const size_t at = cursor.token().at;
    OdpsTable table;
    const bool exists = sql_table(cursor, context, &table.name, true) != nullptr;
    OdpsSchema schema;
    schema.columns = columns(cursor, context);
    while (!cursor.at_end() && cursor.token().text != ";") {
        if (cursor.word("comment")) {
            table.comment = cursor.text();
        } else if (cursor.word("partitioned")) {
            cursor.need_word("by");
            schema.keys = columns(cursor, context);
        } else {
            cursor.need_word("lifecycle");
            table.lifecycle = std::atoll(cursor.literal().text.value_or("").c_str());
        }
    }
    cursor.end_of_statement();
    if (exists && quiet) return;
    if (exists) ddl_fails(cursor, at, "AlreadyExists", "Table " + table.name + " already exists");
    table.id = hex(md5(context.id + table.name));
    table.created_s = table.ddl_s = context.now_s;
    if (schema.keys.empty()) table.partitions[{}].created_s = context.now_s;
    table.schema = std::make_shared<const OdpsSchema>(std::move(schema));
    const std::string name = table.name;
    context.store.tables[name] = std::move(table);
}

void drop_table(SqlCursor& cursor, SqlContext& context) {
    const bool quiet = if_exists(cursor);
    std::string name;
    const OdpsTable* table = sql_table(cursor, context, &name, quiet);
    cursor.end_of_statement();
    if (table) context.store.tables.erase(name);
}

void truncate_table(SqlCursor& cursor, SqlContext& context) {
    const size_t at = cursor.token().at;
    OdpsTable& table = *sql_table(cursor, context, nullptr, false);
    std::optional<OdpsPartitionKey> key;
    if (cursor.word("partition")) key = sql_partition(cursor, table);
    cursor.end_of_statement();
    if (key && !table.partitions.contains(*key))
        ddl_fails(cursor, at, "NoSuchObject", "partition spec doesn't exist");
    for (auto& [one, partition] : table.partitions)
        if (!key || *key == one) partition.replace({}, context.now_s);
}

void alter_table(SqlCursor& cursor, SqlContext& context) {
    OdpsTable& table = *sql_table(cursor, context, nullptr, false);
    const bool adds = cursor.word("add");
    if (!adds) cursor.need_word("drop");
    const bool quiet = adds ? if_not_exists(cursor) : if_exists(cursor);
    const size_t at = cursor.token().at;
    std::vector<OdpsPartitionKey> keys;
    do {
        cursor.need_word("partition");
        keys.push_back(sql_partition(cursor, table));
        if (!quiet && table.partitions.contains(keys.back()) == adds)
            ddl_fails(cursor, at, adds ? "AlreadyExists" : "NoSuchObject",
                      adds ? "Partition already exists" : "partition spec doesn't exist");
        cursor.symbol(',');
    } while (!cursor.at_end() && cursor.token().text != ";");
    cursor.end_of_statement();
    for (const OdpsPartitionKey& key : keys) {
        if (adds)
            sql_add_partition(context, table, key);
        else
            table.partitions.erase(key);
    }
    table.ddl_s = context.now_s;
}

// "set odps.sql.type.system.odps2=true;"
void set(SqlCursor& cursor, SqlContext& context) {
    std::string name = cursor.name();
    while (cursor.symbol('.')) name += '.' + cursor.name();
    cursor.need_symbol('=');
    std::string value;
    while (!cursor.at_end() && cursor.token().text != ";")
        if (!cursor.symbol('/'))
            value += cursor.name();
        else
            value += '/';
    cursor.end_of_statement();
    apply_setting(context, name, value);
}

void run_statement(SqlCursor& cursor, SqlContext& context, SqlResult& result) {
    if (run_sql_on_rows(cursor, context, result)) return;
    if (cursor.word("set")) return set(cursor, context);
    using Statement = void (*)(SqlCursor&, SqlContext&);
    static constexpr std::pair<const char*, Statement> kOfTables[] = {{"alter", alter_table},
                                                                      {"create", create_table},
                                                                      {"drop", drop_table},
                                                                      {"truncate", truncate_table}};
    for (const auto& [verb, statement] : kOfTables) {
        if (!cursor.word(verb)) continue;
        cursor.need_word("table");
        return statement(cursor, context);
    }
    cursor.fail_parse();
}

}  // namespace

OdpsTable* sql_table(SqlCursor& cursor, SqlContext& context, std::string* name, bool may_miss) {
    const size_t at = cursor.token().at;
    std::vector<std::string> parts = {cursor.name()};
    while (cursor.symbol('.')) parts.push_back(cursor.name());
    if (parts.size() > 1 && parts[0] != lower(context.store.project))
        cursor.fail(at, "ODPS-0420111", " Project not found - '" + parts[0] + "'");
    const bool other_schema = parts.size() > 2 && parts[1] != "default";
    OdpsTable* table = other_schema ? nullptr : context.store.find(parts.back());
    if (!table && !may_miss)
        cursor.fail(at, "ODPS-0130131",
                    "Table not found - table " + context.store.project + '.' + parts.back() +
                        " cannot be resolved");
    if (name) *name = parts.back();
    return table;
}

OdpsPartitionKey sql_partition(SqlCursor& cursor, const OdpsTable& table) {
    const size_t at = cursor.token().at;
    std::vector<std::pair<std::string, std::string>> spec;
    cursor.need_symbol('(');
    do {
        const std::string name = cursor.name();
        cursor.need_symbol('=');
        spec.emplace_back(name, cursor.literal().text.value_or(""));
    } while (cursor.symbol(','));
    cursor.need_symbol(')');
    const auto key = table.is_partitioned() ? odps_key(*table.schema, spec) : std::nullopt;
    if (!key)
        cursor.fail(at, kSemantic,
                    "Semantic analysis exception - invalid partition spec for table " + table.name);
    return *key;
}

OdpsPartition& sql_add_partition(SqlContext& context, OdpsTable& table,
                                 const OdpsPartitionKey& key) {
    const auto [found, is_new] = table.partitions.try_emplace(key);
    if (is_new) found->second.created_s = found->second.modified_s = context.now_s;
    return found->second;
}

SqlResult run_odps_sql(OdpsStore& store, const std::string& query, const std::string& settings,
                       int64_t now_s, const std::string& id) {
    SqlResult result;
    try {
        SqlContext context{store, now_s, id};
        const auto hints = nlohmann::json::parse(settings, nullptr, false);
        if (hints.is_object())
            for (const auto& [name, value] : hints.items())
                if (value.is_string()) apply_setting(context, name, value);
        SqlCursor cursor(query);
        while (!cursor.at_end())
            if (!cursor.symbol(';')) run_statement(cursor, context, result);
    } catch (const SqlError& error) {
        result = {true, false, error.text};
    }
    return result;
}

}  // namespace millrace::standin
