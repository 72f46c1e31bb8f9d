// A table of the stand-in that has changed for three hours, for tests of whole runs.
#pragma once

#include "tests/standin/fill.h"

namespace millrace {

// "t": one key column "pk", 900 changes from 200 to 20 minutes ago, a split 100 minutes ago.
inline void add_changing_table(standin::Database& database, int64_t now_ms) {
    constexpr int64_t kMinute = 60'000;
    standin::wire::TableMeta meta;
    meta.set_table_name("t");
    auto& key = *meta.add_primary_key();
    key.set_name("pk");
    key.set_type(standin::wire::STRING);
    auto table = std::make_shared<standin::Table>(meta, standin::wire::TableOptions(),
                                                  (now_ms - 300 * kMinute) * 1000);
    database.enable_stream(*table, 24, table->created_us());
    database.add(table);
    standin::FillSpec spec;
    spec.table = "t";
    spec.changes = 900;
    spec.cells = 2;
    spec.value_bytes = 700;
    spec.from_ms = now_ms - 200 * kMinute;
    spec.to_ms = now_ms - 20 * kMinute;
    spec.split_at_ms = {now_ms - 100 * kMinute};
    standin::fill(database, spec);
}

}  // namespace millrace
