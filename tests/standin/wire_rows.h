// Between PlainBuffers and the stand-in's rows.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/buffer.h"
#include "common/codec/plainbuffer/model.h"
#include "tests/standin/datum.h"

namespace millrace::standin {

using NamedDatum = std::pair<std::string, Datum>;

struct WireRow {
    std::vector<NamedDatum> key;
    std::vector<CellChange> cells;
    bool delete_marker = false;
};

// The rows of a PlainBuffer. Throws OTSParameterInvalid when it is damaged.
std::vector<WireRow> decode_rows(std::string_view bytes);
WireRow decode_row(std::string_view bytes);  // exactly one
// A value without the outer length: partition bounds and the values of filters.
Datum decode_value(std::string_view bytes);

using Selected = std::vector<std::pair<std::string, std::vector<std::pair<int64_t, Datum>>>>;

// Appends a row of an answer; an empty buffer gets its header first.
void encode_row(Buffer& to, const std::vector<std::string>& key_names, const Key& key,
                const Selected& cells);
// A stream record: header, the settled change and its place in the order.
std::string encode_change(const std::vector<std::string>& key_names, const RowChange& change,
                          const Sequence& sequence);

// Views into a datum, a key and its names.
Value value_view(const Datum& datum);
plainbuffer::KeyValue key_view(const Datum& datum);
void set_key(plainbuffer::Row& row, const std::vector<std::string>& names, const Key& key);

}  // namespace millrace::standin
