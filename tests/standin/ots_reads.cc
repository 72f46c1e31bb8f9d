#include <algorithm>

#include "tests/standin/ots_actions.h"
#include "tests/standin/ots_error.h"
#include "tests/standin/seeded.h"
#include "tests/standin/selection.h"

namespace millrace::standin {
namespace {

constexpr int kReadRowsMax = 100;
constexpr size_t kRangeRowsMax = 5000;
constexpr size_t kRangeBytesMax = 4 << 20;

// Runs `read(rows)` under the right lock: reading is shared once every run of changes is applied.
template <typename Read>
auto with_rows(Table& table, Read read) {
    {
        const std::unique_lock lock(table.mutex);
        if (!table.all_applied()) return read(table.rows());
    }
    const std::shared_lock lock(table.mutex);
    return read(table.rows());
}

std::string read_row(Table& table, const std::string& key_bytes, const Selection& selection) {
    const Key key = table.key_of(decode_row(key_bytes).key, false);
    return with_rows(table, [&](const Rows& rows) {
        const auto row = rows.find(key);
        if (row == rows.end()) return std::string();
        const auto cells = selection.choose(row->second, table.key_names());
        if (!cells) return std::string();
        Buffer bytes;
        encode_row(bytes, table.key_names(), key, *cells);
        return std::string(bytes.view());
    });
}

// One GetRange over rows in reading order.
class RangeScan {
  public:
    RangeScan(const Database& database, const Table& table, const wire::GetRangeRequest& request)
        : table_(table), selection_(request) {
        if (request.limit() < 0) refuse_parameter("The limit must be greater than 0.");
        if (request.limit() > 0)
            rows_max_ = std::min(rows_max_, static_cast<size_t>(request.limit()));
        // Small pages as often as large ones.
        if (database.hostility().short_pages) {
            const uint64_t luck =
                mix(database.seed() ^ mix_text(request.inclusive_start_primary_key()));
            scanned_max_ = 1 + mix(luck) % (size_t{1} << (luck % 13));
        }
    }

    // False: `row` is where the next page begins.
    bool take(const Rows::value_type& row) {
        if (scanned_ == scanned_max_ || taken_ == rows_max_ || bytes_.size() >= kRangeBytesMax)
            return false;
        ++scanned_;
        if (const auto cells = selection_.choose(row.second, table_.key_names())) {
            encode_row(bytes_, table_.key_names(), row.first, *cells);
            ++taken_;
        }
        return true;
    }
    std::string bytes() const { return std::string(bytes_.view()); }

  private:
    const Table& table_;
    const Selection selection_;
    size_t rows_max_ = kRangeRowsMax;
    size_t scanned_max_ = kRangeRowsMax;
    size_t scanned_ = 0;
    size_t taken_ = 0;
    Buffer bytes_;
};

template <typename It>
void scan(RangeScan& scan, It at, It end, const Table& table, wire::GetRangeResponse& response) {
    for (; at != end; ++at) {
        if (scan.take(*at)) continue;
        Buffer next;
        encode_row(next, table.key_names(), at->first, {});
        response.set_next_start_primary_key(std::string(next.view()));
        break;
    }
    response.set_rows(scan.bytes());
}

}  // namespace

wire::GetRowResponse get_row(Database& database, const wire::GetRowRequest& request) {
    const auto table = database.find(request.table_name());
    wire::GetRowResponse response;
    set_consumed(*response.mutable_consumed(), 1, 0);
    response.set_row(read_row(*table, request.primary_key(), Selection(request)));
    return response;
}

wire::BatchGetRowResponse batch_get_row(Database& database,
                                        const wire::BatchGetRowRequest& request) {
    int count = 0;
    for (const auto& table : request.tables()) count += table.primary_key_size();
    if (count == 0) refuse_parameter("No row is specified in BatchGetRow.");
    if (count > kReadRowsMax)
        refuse_parameter("Rows count exceeds the upper limit: " + std::to_string(kReadRowsMax) +
                         ".");
    wire::BatchGetRowResponse response;
    for (const auto& asked : request.tables()) {
        auto& answer = *response.add_tables();
        answer.set_table_name(asked.table_name());
        for (const std::string& key : asked.primary_key()) {
            auto& result = *answer.add_rows();
            result.set_is_ok(true);
            try {
                const auto table = database.find(asked.table_name());
                result.set_row(read_row(*table, key, Selection(asked)));
                set_consumed(*result.mutable_consumed(), 1, 0);
            } catch (const OtsError& error) {
                result.set_is_ok(false);
                result.mutable_error()->set_code(error.code);
                result.mutable_error()->set_message(error.message);
            }
        }
    }
    return response;
}

wire::GetRangeResponse get_range(Database& database, const wire::GetRangeRequest& request) {
    const auto table = database.find(request.table_name());
    const Key begin = table->key_of(decode_row(request.inclusive_start_primary_key()).key, true);
    const Key end = table->key_of(decode_row(request.exclusive_end_primary_key()).key, true);
    const bool forward = request.direction() == wire::FORWARD;
    if (forward ? KeyLess()(end, begin) : KeyLess()(begin, end))
        refuse_parameter(forward ? "Begin key must less than end key in FORWARD"
                                 : "Begin key must more than end key in BACKWARD");
    wire::GetRangeResponse response;
    set_consumed(*response.mutable_consumed(), 1, 0);
    RangeScan range(database, *table, request);
    with_rows(*table, [&](const Rows& rows) {
        if (forward) {
            scan(range, rows.lower_bound(begin), rows.lower_bound(end), *table, response);
        } else {
            // Reversed, "from begin on" is everything up to and with begin, "before end" what is
            // after end.
            scan(range, std::make_reverse_iterator(rows.upper_bound(begin)),
                 std::make_reverse_iterator(rows.upper_bound(end)), *table, response);
        }
        return 0;
    });
    return response;
}

}  // namespace millrace::standin
