// The changes of one row within a batch, as one operation. For keyed targets whose documents have
// fields by name.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/record/change.h"

namespace millrace {

// The encoded value of one column of one change.
struct Field {
    uint32_t offset = 0;  // in the batch's bytes; 0 = the change says nothing about the column
    uint32_t size = 0;    // 0 = the column is to be left out of the document
    bool said() const { return offset != 0; }
    bool left_out() const { return offset != 0 && size == 0; }
};

struct EncodedChange {
    static constexpr uint32_t kNone = UINT32_MAX;
    ChangeKind kind = ChangeKind::kPut;
    bool shared_version = false;  // other changes of the row may have the same version
    uint64_t version = 0;
    uint32_t begin = 0, end = 0;          // what it is alone, in the batch's bytes
    uint32_t id_offset = 0, id_size = 0;  // with quotes
    uint32_t next = kNone;                // the next change of the same document
};

// A document of the batch with its changes, oldest first.
struct Entry {
    uint32_t first = 0, last = 0;
    uint32_t changes = 0;
    int key = -1;  // of the kept keys, when it was kept
};

struct Folded {
    enum class Kind : uint8_t {
        kWhole,    // the row as it is after the changes
        kPartial,  // only the columns that were said; the rest stays
        kDelete,
    };
    Kind kind = Kind::kWhole;
    uint64_t version = 0;  // of the last change
    bool shared_version = false;
    // One change whose encoded form can be sent as it is when nothing is merged.
    uint32_t only = EncodedChange::kNone;
    std::vector<Field> fields;  // one per column
};

// Replaces `folded` (its memory is reused). `fields` has `width` of them per change. PutRow begins
// anew, UpdateRow adds its columns, and after a delete it makes a row of its columns alone.
void fold(std::span<const EncodedChange> changes, std::span<const Field> fields, size_t width,
          const Entry& entry, Folded& folded);

}  // namespace millrace
