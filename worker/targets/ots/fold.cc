#include "worker/targets/ots/fold.h"

#include <algorithm>

#include "common/codec/plainbuffer/reader.h"
#include "common/codec/plainbuffer/writer.h"

namespace millrace::ots {
namespace {

namespace wire = tablestore::wire;
using plainbuffer::Cell;
using plainbuffer::CellOp;
using plainbuffer::Row;

// Whether an older cell is void after `newer`.
bool replaces(const Cell& newer, const Cell& older) {
    if (newer.name != older.name) return false;
    return newer.op == CellOp::kDeleteAll || newer.timestamp_ms == older.timestamp_ms;
}

bool puts_any(const Row& row) {
    return std::any_of(row.cells.begin(), row.cells.end(),
                       [](const Cell& cell) { return cell.op == CellOp::kPut; });
}

// Whether there is a row afterwards depends on what an update puts: an update that only deletes
// makes none. Changes that would differ in this must not become one.
bool loses_row(OperationType operation, const Row& row, const Row& newer) {
    if (operation == wire::PUT || puts_any(newer) ||
        !(puts_any(row) || operation == wire::DELETE)) {
        return false;
    }
    return std::none_of(row.cells.begin(), row.cells.end(), [&](const Cell& older) {
        return older.op == CellOp::kPut &&
               std::none_of(newer.cells.begin(), newer.cells.end(),
                            [&](const Cell& cell) { return replaces(cell, older); });
    });
}

// `newer` after `row`, which is written as `operation`.
void apply(OperationType& operation, Row& row, const Row& newer, OperationType newer_operation) {
    if (newer_operation != wire::UPDATE) {
        operation = newer_operation;
        row.cells = newer.cells;
        row.delete_marker = newer.delete_marker;
        return;
    }
    // An update of a row that was deleted before makes a row of the cells it puts.
    if (operation == wire::DELETE) {
        operation = wire::PUT;
        row.delete_marker = false;
    }
    for (const Cell& cell : newer.cells) {
        std::erase_if(row.cells, [&](const Cell& older) { return replaces(cell, older); });
        if (operation == wire::UPDATE || cell.op == CellOp::kPut) row.cells.push_back(cell);
    }
}

}  // namespace

Status fold(const Batch& batch, uint32_t first, bool alone, Folded& folded) {
    const Piece& begin = batch.piece(first);
    folded.operation = begin.operation;
    folded.until = begin.next;
    folded.several = false;
    if (alone || begin.next == Piece::kNone) {
        folded.row = batch.row_of(begin);
        return {};
    }
    Row row, newer;
    MILLRACE_TRY(plainbuffer::read_row(batch.row_of(begin), row));
    size_t bytes = begin.data_bytes;
    while (folded.until != Piece::kNone) {
        const Piece& piece = batch.piece(folded.until);
        bytes += piece.data_bytes;
        if (row.cells.size() + piece.cells > kCellsMax || bytes > kRowBytesMax) break;
        MILLRACE_TRY(plainbuffer::read_row(batch.row_of(piece), newer));
        if (piece.operation == wire::UPDATE && loses_row(folded.operation, row, newer)) break;
        apply(folded.operation, row, newer, piece.operation);
        folded.until = piece.next;
        folded.several = true;
    }
    folded.row = plainbuffer::encode_row(row);
    return {};
}

}  // namespace millrace::ots
