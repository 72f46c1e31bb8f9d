// Writes PlainBuffers, checksums included.
#pragma once

#include <string>

#include "common/base/buffer.h"
#include "common/codec/plainbuffer/model.h"

namespace millrace::plainbuffer {

// A buffer of rows is one header and then rows.
void write_header(Buffer& out);
// `row` has at least one key cell; cells are shaped as CellOp says. An empty row of cells is left
// out.
void write_row(Buffer& out, const Row& row);

// Header and this one row.
std::string encode_row(const Row& row);
// Header and a row of key cells only: what reads and ranges are addressed with.
std::string encode_key(const std::vector<KeyCell>& key);

// A value without its outer length, as partition bounds and filters carry it.
void write_bare_value(Buffer& out, const KeyValue& value);

}  // namespace millrace::plainbuffer
