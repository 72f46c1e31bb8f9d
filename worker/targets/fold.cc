#include "worker/targets/fold.h"

namespace millrace {

void fold(std::span<const EncodedChange> changes, std::span<const Field> fields, size_t width,
          const Entry& entry, Folded& folded) {
    folded.kind = Folded::Kind::kPartial;
    folded.fields.assign(width, Field{});
    folded.only = entry.first == entry.last ? entry.first : EncodedChange::kNone;
    for (uint32_t i = entry.first;; i = changes[i].next) {
        const EncodedChange& change = changes[i];
        const auto own = fields.subspan(i * width, width);
        switch (change.kind) {
            case ChangeKind::kPut:
                folded.kind = Folded::Kind::kWhole;
                folded.fields.assign(own.begin(), own.end());
                break;
            case ChangeKind::kUpdate:
                if (folded.kind == Folded::Kind::kDelete) folded.kind = Folded::Kind::kWhole;
                for (size_t column = 0; column < width; ++column) {
                    if (own[column].said()) folded.fields[column] = own[column];
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

}  // namespace millrace
