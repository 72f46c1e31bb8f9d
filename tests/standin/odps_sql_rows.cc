#include <algorithm>

#include "tests/standin/http_server.h"
#include "tests/standin/odps_record_stream.h"
#include "tests/standin/odps_sql.h"

namespace millrace::standin {
namespace {

constexpr size_t kShownMax = 10'000;  // rows that a SELECT answers
constexpr const char* kSemantic = "ODPS-0130071";

// A column of the rows, or a level of the partition.
struct Place {
    const OdpsColumn* column;
    size_t at;
    bool in_key;
};

// What the statements on rows of one table share.
class Rows {
  public:
    Rows(SqlCursor& cursor, SqlContext& context, OdpsTable& table)
        : cursor_(cursor), context_(context), table_(table) {}

    Place place() {
        const size_t at = cursor_.token().at;
        const std::string name = cursor_.name();
        for (const bool in_key : {false, true}) {
            const auto& all = in_key ? table_.schema->keys : table_.schema->columns;
            for (size_t i = 0; i < all.size(); ++i)
                if (all[i].name == name) return {&all[i], i, in_key};
        }
        cursor_.fail(at, kSemantic,
                     "Semantic analysis exception - column " + name + " cannot be resolved");
    }

    OdpsValue value(const OdpsColumn& column) {
        const SqlLiteral literal = cursor_.literal();
        if (!literal.text && column.nullable) return {};
        std::string flaw = "null";
        if (literal.text) {
            auto value = odps_value(column.type, *literal.text, context_.zone_s);
            flaw = value ? odps_flaw(column.type, *value, kOdpsFieldMax)
                         : "not of type " + column.type.text();
            if (flaw.empty()) return std::move(*value);
        }
        cursor_.fail(
            literal.at, kSemantic,
            "Semantic analysis exception - the value of column " + column.name + " is " + flaw);
    }

    // [WHERE column = literal [AND ...]]; IS NULL too.
    void where() {
        if (!cursor_.word("where")) return;
        do {
            const Place one = place();
            if (cursor_.word("is")) {
                cursor_.need_word("null");
                wanted_.emplace_back(one, OdpsValue());
                continue;
            }
            cursor_.need_symbol('=');
            if (one.in_key)
                wanted_.emplace_back(one, cursor_.literal().text.value_or(""));
            else
                wanted_.emplace_back(one, value(*one.column));
        } while (cursor_.word("and"));
    }
    bool matches(const OdpsPartitionKey& key, const OdpsRow& row) const {
        return std::all_of(wanted_.begin(), wanted_.end(), [&](const auto& one) {
            const auto& [where, what] = one;
            return where.in_key ? key[where.at] == std::get<std::string>(what)
                                : row[where.at] == what;
        });
    }

    SqlCursor& cursor_;
    SqlContext& context_;
    OdpsTable& table_;

  private:
    std::vector<std::pair<Place, OdpsValue>> wanted_;
};

std::string csv_field(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += c;
        quoted += c;
    }
    return quoted + '"';
}

std::string shown(const Place& place, const OdpsPartitionKey& key, const OdpsRow& row, int zone_s) {
    return csv_field(place.in_key ? key[place.at]
                                  : odps_text(place.column->type, row[place.at], zone_s));
}

// The columns of a SELECT; none for COUNT.
struct Selection {
    bool counts = false, all = false;
    std::string count_name = "_c0";
    std::vector<SqlToken> names;
};

Selection selection(SqlCursor& cursor) {
    Selection chosen;
    if (cursor.word("count")) {
        chosen.counts = true;
        cursor.need_symbol('(');
        if (!cursor.symbol('*')) cursor.literal();
        cursor.need_symbol(')');
        if (cursor.word("as")) chosen.count_name = cursor.name();
    } else if (cursor.symbol('*')) {
        chosen.all = true;
    } else {
        do {
            chosen.names.push_back(cursor.token());
            cursor.name();
        } while (cursor.symbol(','));
    }
    return chosen;
}

std::vector<Place> places(const Selection& chosen, Rows& rows) {
    std::vector<Place> all;
    const OdpsSchema& schema = *rows.table_.schema;
    for (const bool in_key : {false, true}) {
        const auto& columns = in_key ? schema.keys : schema.columns;
        for (size_t i = 0; i < columns.size(); ++i) all.push_back({&columns[i], i, in_key});
    }
    if (chosen.all) return all;
    std::vector<Place> named;
    for (const SqlToken& token : chosen.names) {
        const std::string wanted = lower(token.text);
        const auto found = std::find_if(
            all.begin(), all.end(), [&](const Place& one) { return one.column->name == wanted; });
        if (found == all.end())
            rows.cursor_.fail(
                token.at, kSemantic,
                "Semantic analysis exception - column " + wanted + " cannot be resolved");
        named.push_back(*found);
    }
    return named;
}

void select(SqlCursor& cursor, SqlContext& context, SqlResult& result) {
    const Selection chosen = selection(cursor);
    cursor.need_word("from");
    Rows rows(cursor, context, *sql_table(cursor, context, nullptr, false));
    rows.where();
    size_t limit = kShownMax;
    if (cursor.word("limit")) {
        const std::string text = cursor.literal().text.value_or("");
        limit = std::min<size_t>(limit, std::strtoull(text.c_str(), nullptr, 10));
    }
    cursor.end_of_statement();
    const std::vector<Place> columns = places(chosen, rows);
    size_t count = 0;
    std::string text;
    for (const auto& [key, partition] : rows.table_.partitions)
        for (const OdpsRows& piece : partition.pieces)
            for (const OdpsRow& row : *piece) {
                if (!rows.matches(key, row) || (++count > limit && !chosen.counts)) continue;
                for (size_t i = 0; i < columns.size(); ++i)
                    text += (i > 0 ? "," : "") + shown(columns[i], key, row, context.zone_s);
                if (!columns.empty()) text += '\n';
            }
    std::string header;
    for (const Place& one : columns)
        header += (header.empty() ? "\"" : ",\"") + one.column->name + '"';
    if (chosen.counts) {
        header = '"' + chosen.count_name + '"';
        text = std::to_string(count) + '\n';
    }
    result = {false, true, header + '\n' + text};
}

void insert(SqlCursor& cursor, SqlContext& context) {
    const bool overwrite = cursor.word("overwrite");
    if (!overwrite) cursor.need_word("into");
    cursor.word("table");
    Rows rows(cursor, context, *sql_table(cursor, context, nullptr, false));
    OdpsPartitionKey key;
    if (rows.table_.is_partitioned()) {
        cursor.need_word("partition");
        key = sql_partition(cursor, rows.table_);
    }
    const auto& columns = rows.table_.schema->columns;
    std::vector<size_t> order;
    if (cursor.symbol('(')) {
        do order.push_back(rows.place().at);
        while (cursor.symbol(','));
        cursor.need_symbol(')');
    } else {
        for (size_t i = 0; i < columns.size(); ++i) order.push_back(i);
    }
    cursor.need_word("values");
    std::vector<OdpsRow> added;
    do {
        OdpsRow row(columns.size());
        cursor.need_symbol('(');
        for (size_t i = 0; i < order.size(); ++i) {
            if (i > 0) cursor.need_symbol(',');
            row[order[i]] = rows.value(columns[order[i]]);
        }
        cursor.need_symbol(')');
        added.push_back(std::move(row));
    } while (cursor.symbol(','));
    cursor.end_of_statement();
    OdpsPartition& partition = sql_add_partition(context, rows.table_, key);
    if (overwrite)
        partition.replace(std::move(added), context.now_s);
    else
        partition.append(std::move(added), context.now_s);
}

// UPDATE with `set`, DELETE without.
void change(Rows& rows, const std::vector<std::pair<size_t, OdpsValue>>& set) {
    for (auto& [key, partition] : rows.table_.partitions) {
        std::vector<OdpsRow> kept;
        bool changed = false;
        for (const OdpsRows& piece : partition.pieces)
            for (OdpsRow row : *piece) {
                const bool hit = rows.matches(key, row);
                changed |= hit;
                if (hit && set.empty()) continue;
                if (hit)
                    for (const auto& [at, value] : set) row[at] = value;
                kept.push_back(std::move(row));
            }
        if (changed) partition.replace(std::move(kept), rows.context_.now_s);
    }
}

void update(SqlCursor& cursor, SqlContext& context) {
    Rows rows(cursor, context, *sql_table(cursor, context, nullptr, false));
    std::vector<std::pair<size_t, OdpsValue>> set;
    cursor.need_word("set");
    do {
        const Place place = rows.place();
        if (place.in_key) cursor.fail_parse();
        cursor.need_symbol('=');
        set.emplace_back(place.at, rows.value(*place.column));
    } while (cursor.symbol(','));
    rows.where();
    cursor.end_of_statement();
    change(rows, set);
}

void remove(SqlCursor& cursor, SqlContext& context) {
    cursor.need_word("from");
    Rows rows(cursor, context, *sql_table(cursor, context, nullptr, false));
    rows.where();
    cursor.end_of_statement();
    change(rows, {});
}

}  // namespace

bool run_sql_on_rows(SqlCursor& cursor, SqlContext& context, SqlResult& result) {
    if (cursor.word("select")) {
        select(cursor, context, result);
    } else if (cursor.word("insert")) {
        insert(cursor, context);
    } else if (cursor.word("update")) {
        update(cursor, context);
    } else if (cursor.word("delete")) {
        remove(cursor, context);
    } else {
        return false;
    }
    return true;
}

}  // namespace millrace::standin
