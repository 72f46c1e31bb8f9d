#include "tests/standin/demo.h"

#include "tests/standin/fill.h"

namespace millrace::standin {
namespace {

constexpr int64_t kHourMs = 3600 * 1000;

const std::vector<std::string> kNames = {"王小明",
                                         "李娜",
                                         "张伟",
                                         "刘洋",
                                         "陈静",
                                         "杨帆",
                                         "赵磊",
                                         "黄丽华",
                                         "周杰",
                                         "吴敏",
                                         "Alice Chen",
                                         "Bob Smith",
                                         "Carla Díaz",
                                         "Dmitri Ivanov",
                                         "Emma O'Neil",
                                         "佐藤健",
                                         "Nguyễn An",
                                         "Fatima Khan",
                                         "Jean-Luc Martin",
                                         "司马青"};
const std::vector<std::string> kPhones = {"13800000001",      "13900000002", "13700000003",
                                          "13600000004",      "15000000005", "18600000006",
                                          "+86 10 5550 0107", "+1 555 0100", "+44 20 7946 0018"};
const std::vector<std::string> kContents = {
    "选修:数学,物理",
    "moved to class 3, seat 12",
    "said \"see you on Monday\"",
    "第一行\n第二行",
    "library card renewed",
    "家长会已通知",
    "late twice; talked to parents",
    "won the reading contest 🏆",
    "transfer pending, papers in order",
    "体检合格",
    "",
    "piano lessons on Tuesdays",
};

}  // namespace

void make_demo(Database& database) {
    const int64_t now_ms = database.clock().now_ms();
    wire::TableMeta meta;
    meta.set_table_name("user_info");
    auto& key = *meta.add_primary_key();
    key.set_name("uid");
    key.set_type(wire::STRING);
    const int64_t begin_ms = now_ms - 4 * kHourMs;
    const auto table = std::make_shared<Table>(meta, wire::TableOptions(), begin_ms * 1000);
    database.enable_stream(*table, 24, begin_ms * 1000, {Datum::of(std::string("u00000400"))});
    database.add(table);

    FillSpec spec;
    spec.table = "user_info";
    spec.changes = 8000;
    spec.seed = database.seed();
    spec.put = 50;
    spec.update = 40;
    spec.remove = 10;
    spec.keys = 1000;
    spec.key_prefix = "u";
    spec.columns = {"name", "phone_number", "content"};
    spec.texts = {{"name", kNames}, {"phone_number", kPhones}, {"content", kContents}};
    spec.from_ms = begin_ms;
    spec.to_ms = now_ms;
    spec.per_ms = 3;
    spec.split_at_ms = {now_ms - kHourMs};
    fill(database, spec);
}

}  // namespace millrace::standin
