#include "tests/standin/table.h"

#include <algorithm>

#include "tests/standin/ots_error.h"

namespace millrace::standin {
namespace {

constexpr size_t kKeyBytesMax = 1024;
constexpr size_t kValueBytesMax = 2 << 20;
constexpr size_t kColumnsMax = 1024;
constexpr uint64_t kComputedChangesMax = 5000000;

void check_name(const std::string& name, const char* what) {
    const bool fits = !name.empty() && name.size() <= 255 && !(name[0] >= '0' && name[0] <= '9') &&
                      std::all_of(name.begin(), name.end(), [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                 (c >= '0' && c <= '9') || c == '_';
                      });
    if (!fits) refuse_parameter(std::string("Invalid ") + what + " name: '" + name + "'.");
}

void check_options(const wire::TableOptions& options) {
    if (options.max_versions() < 1) refuse_parameter("max_versions must be greater than 0.");
    if (options.time_to_live() != -1 && options.time_to_live() < 86400)
        refuse_parameter("time_to_live must be -1 or at least 86400 seconds.");
}

DatumType datum_type(wire::PrimaryKeyType type) {
    if (type == wire::INTEGER) return DatumType::kInteger;
    return type == wire::STRING ? DatumType::kString : DatumType::kBlob;
}

const char* type_name(DatumType type) {
    switch (type) {
        case DatumType::kInteger: return "VT_INTEGER";
        case DatumType::kString: return "VT_STRING";
        case DatumType::kBlob: return "VT_BLOB";
        case DatumType::kInfMin: return "VT_INF_MIN";
        case DatumType::kInfMax: return "VT_INF_MAX";
        default: return "VT_AUTO_INCREMENT";
    }
}

[[noreturn]] void bad_key(std::string message) {
    refuse_with(400, "OTSInvalidPK", std::move(message));
}

}  // namespace

Table::Table(const wire::TableMeta& meta, const wire::TableOptions& options, int64_t created_us)
    : meta_(meta), options_(options), created_us_(created_us) {
    check_name(meta.table_name(), "table");
    if (meta.primary_key().empty() || meta.primary_key_size() > 4)
        refuse_parameter("The number of primary key columns must be in range: [1, 4].");
    for (const auto& column : meta.primary_key()) {
        check_name(column.name(), "column");
        if (std::find(key_names_.begin(), key_names_.end(), column.name()) != key_names_.end())
            refuse_parameter("Duplicated primary key name: '" + column.name() + "'.");
        key_names_.push_back(column.name());
    }
    if (!options_.has_time_to_live()) options_.set_time_to_live(-1);
    if (!options_.has_max_versions()) options_.set_max_versions(1);
    if (!options_.has_deviation_cell_version_in_sec())
        options_.set_deviation_cell_version_in_sec(86400);
    if (!options_.has_allow_update()) options_.set_allow_update(true);
    check_options(options_);
}

void Table::set_options(const wire::TableOptions& changes) {
    wire::TableOptions changed = options_;
    changed.MergeFrom(changes);
    check_options(changed);
    options_ = changed;
}

Rows& Table::rows() {
    uint64_t changes = 0;
    for (const auto& run : later_) changes += run->size();
    if (changes > kComputedChangesMax)
        refuse_parameter(
            "The stand-in computes the rows of at most 5000000 filled changes; table '" + name() +
            "' has " + std::to_string(changes) + ". Only its stream is there.");
    for (const auto& run : later_)
        for (uint64_t i = 0; i < run->size(); ++i)
            apply(rows_, run->change(i), options_.max_versions());
    later_.clear();
    return rows_;
}

Key Table::key_of(const std::vector<NamedDatum>& given, bool bounds_allowed) const {
    const auto& schema = meta_.primary_key();
    if (given.size() != key_names_.size())
        bad_key("Validate PK size fail. Input: " + std::to_string(given.size()) +
                ", Meta: " + std::to_string(key_names_.size()) + ".");
    Key key;
    for (int i = 0; i < schema.size(); ++i) {
        const auto& [name, value] = given[static_cast<size_t>(i)];
        if (name != schema[i].name())
            bad_key("Validate PK name fail. Input: " + name + ", Meta: " + schema[i].name() + ".");
        const DatumType type = datum_type(schema[i].type());
        const bool bound = value.type == DatumType::kInfMin || value.type == DatumType::kInfMax;
        const bool given_later = value.type == DatumType::kAutoIncrement && schema[i].has_option();
        if (value.type != type && !(bound && bounds_allowed) && !given_later)
            bad_key(std::string("Validate PK type fail. Input: ") + type_name(value.type) +
                    ", Meta: " + type_name(type) + ".");
        if (value.bytes.size() > kKeyBytesMax)
            refuse_parameter("The length of primary key column: '" + name +
                             "' exceeds the MaxLength: 1024.");
        key.push_back(value);
    }
    return key;
}

void Table::settle(RowChange& change, int64_t now_us) {
    if (change.cells.size() > kColumnsMax)
        refuse_with(400, "OTSOutOfColumnCountLimit",
                    "The number of columns from the request exceeds the limit: 1024.");
    for (Datum& part : change.key)
        if (part.type == DatumType::kAutoIncrement)
            part = Datum::of(auto_increment_ = std::max(auto_increment_ + 1, now_us));
    const int64_t deviation_ms = options_.deviation_cell_version_in_sec() * 1000;
    for (CellChange& cell : change.cells) {
        check_name(cell.name, "column");
        if (std::find(key_names_.begin(), key_names_.end(), cell.name) != key_names_.end())
            refuse_parameter("Attribute column name conflicts with primary key: " + cell.name);
        if (cell.value.bytes.size() > kValueBytesMax)
            refuse_parameter("The length of attribute column: '" + cell.name +
                             "' exceeds the MaxLength: 2097152.");
        if (cell.op == CellOp::kIncrement) {
            const auto row = rows_.find(change.key);
            const Row none;
            const Row& cells = row == rows_.end() ? none : row->second;
            const auto old = cells.find(cell.name);
            if (old != cells.end()) {
                const Datum& newest = old->second.begin()->second;
                if (newest.type != DatumType::kInteger)
                    refuse_parameter("Only integer column can be incremented: " + cell.name);
                cell.value.integer += newest.integer;
            }
            cell.op = CellOp::kPut;
        }
        if (cell.op == CellOp::kDeleteAll) continue;
        if (cell.timestamp_ms == CellChange::kNoTime)
            cell.timestamp_ms = now_us / 1000;
        else if (cell.op == CellOp::kPut &&
                 std::abs(cell.timestamp_ms - now_us / 1000) > deviation_ms)
            refuse_parameter("Cell version must be in the deviation range of now: " + cell.name);
    }
}

void Table::write(RowChange& change, int64_t now_us, const Hostility& hostility) {
    rows();
    settle(change, now_us);
    apply(rows_, change, options_.max_versions());
    if (!stream) return;
    Shard& shard = stream->shard_of(change.key[0]);
    const Sequence sequence = Stream::next_sequence(shard, now_us, hostility);
    shard.add(sequence, change.action, encode_change(key_names_, change, sequence));
}

}  // namespace millrace::standin
