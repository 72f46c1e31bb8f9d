#include "worker/targets/elasticsearch/fold.h"

namespace millrace::elasticsearch {

void fold(const Batch& batch, const Entry& entry, Folded& folded) {
    const size_t width = batch.layout().fields.size();
    folded.kind = Folded::Kind::kPartial;
    folded.fields.assign(width, Field{});
    folded.only = entry.first == entry.last ? entry.first : EncodedChange::kNone;
    for (uint32_t i = entry.first;; i = batch.changes()[i].next) {
        const EncodedChange& change = batch.changes()[i];
        const Field* fields = batch.fields_of(i);
        switch (change.kind) {
            case ChangeKind::kPut:
                folded.kind = Folded::Kind::kWhole;
                folded.fields.assign(fields, fields + width);
                break;
            case ChangeKind::kUpdate:
                if (folded.kind == Folded::Kind::kDelete) folded.kind = Folded::Kind::kWhole;
                for (size_t column = 0; column < width; ++column) {
                    if (fields[column].said()) folded.fields[column] = fields[column];
                }
                break;
            case ChangeKind::kDelete:
                folded.kind = Folded::Kind::kDelete;
                folded.fields.assign(width, Field{});
                break;
        }
        folded.version = change.version;
        folded.shared_version = change.shared_version;
        if (i == entry.last) break;
    }
}

}  // namespace millrace::elasticsearch
