// Values, keys and rows as the stand-in keeps them.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace millrace::standin {

enum class DatumType : uint8_t {
    kInfMin,  // bounds of ranges and shards only
    kInteger,
    kDouble,
    kBoolean,
    kString,
    kBlob,
    kInfMax,
    kAutoIncrement,  // in the key of a request only
};

struct Datum {
    DatumType type = DatumType::kInfMin;
    int64_t integer = 0;  // of kInteger and kBoolean
    double real = 0;
    std::string bytes;  // of kString and kBlob

    bool operator==(const Datum&) const = default;
    size_t size() const;       // as the service counts it
    std::string text() const;  // for messages and the admin API

    static Datum of(int64_t v) { return {DatumType::kInteger, v, 0, {}}; }
    static Datum of(double v) { return {DatumType::kDouble, 0, v, {}}; }
    static Datum of(bool v) { return {DatumType::kBoolean, v, 0, {}}; }
    static Datum of(std::string v) { return {DatumType::kString, 0, 0, std::move(v)}; }
    static Datum blob(std::string v) { return {DatumType::kBlob, 0, 0, std::move(v)}; }
    static Datum inf_min() { return {}; }
    static Datum inf_max() { return {DatumType::kInfMax, 0, 0, {}}; }
};

// INF_MIN < values < INF_MAX; integers signed, text and binaries by unsigned bytes.
std::weak_ordering compare(const Datum& a, const Datum& b);

using Key = std::vector<Datum>;
struct KeyLess {
    bool operator()(const Key& a, const Key& b) const;
};

using Versions = std::map<int64_t, Datum, std::greater<>>;  // timestamp (ms) -> value, newest first
using Row = std::map<std::string, Versions>;                // attribute columns, by name
using Rows = std::map<Key, Row, KeyLess>;

enum class CellOp : uint8_t { kPut, kDeleteOne, kDeleteAll, kIncrement };

struct CellChange {
    static constexpr int64_t kNoTime = -1;
    std::string name;
    CellOp op = CellOp::kPut;
    Datum value;
    int64_t timestamp_ms = kNoTime;  // kNoTime: the service's time
};

enum class Action : uint8_t { kPut = 1, kUpdate = 2, kDelete = 3 };

struct RowChange {
    Action action = Action::kPut;
    Key key;
    std::vector<CellChange> cells;
};

// Applies a change whose timestamps and increments are settled.
void apply(Rows& rows, const RowChange& change, int max_versions);

}  // namespace millrace::standin
