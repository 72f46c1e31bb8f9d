#include "worker/verify/keyed.h"

#include <algorithm>
#include <unordered_map>

#include "common/record/packed.h"

namespace millrace {
namespace {

using nlohmann::json;

constexpr size_t kRowsAtOnce = 1000;
constexpr uint64_t kVersionsOfMicro = 4096;

class Comparison {
  public:
    Comparison(const VerifyRequest& request, const KeyedCheck& check, Verification& made)
        : request_(request), check_(check), made_(made) {
        const auto window_of = [](const json& receipt) {
            return receipt.at("/window/end_ms"_json_pointer).get<int64_t>();
        };
        carried_until_ms_ = window_of(request.receipt);
        images_written_ = request.receipt.value("by_image", false);
        for (const json& other : request.others) {
            carried_until_ms_ = std::max(carried_until_ms_, window_of(other));
            images_written_ = images_written_ || other.value("by_image", false);
            later_ = later_ || window_of(other) > window_of(request.receipt);
        }
    }

    Status compare(const std::vector<const WantedRow*>& rows) {
        for (size_t i = 0; i < rows.size(); i += kRowsAtOnce) {
            const std::span part(rows.data() + i, std::min(kRowsAtOnce, rows.size() - i));
            MILLRACE_ASSIGN(const std::vector<StoredRow> stored, check_.rows.get(part));
            MILLRACE_TRY(compare(part, stored));
        }
        return {};
    }

  private:
    // A row that is not as the changes left it: perhaps by a later change.
    struct Doubt {
        const WantedRow* wanted;
        const StoredRow* stored;
    };

    Status compare(std::span<const WantedRow* const> rows, const std::vector<StoredRow>& stored) {
        std::vector<Doubt> doubts;
        made_.checked += rows.size();
        for (size_t i = 0; i < rows.size(); ++i) {
            if (stored[i].found) ++made_.rows;
            if (!as_wanted(*rows[i], stored[i])) doubts.push_back({rows[i], &stored[i]});
        }
        return settle(doubts);
    }

    bool fields_equal(const FieldTexts& wanted, const FieldTexts& stored) const {
        static const std::string kNothing;
        for (size_t i = 0; i < wanted.size(); ++i) {
            if (!wanted[i]) continue;
            const bool there = i < stored.size() && stored[i];
            if (!check_.rows.equal(*wanted[i], there ? *stored[i] : kNothing)) return false;
        }
        return true;
    }

    bool may_be_missing(const WantedRow& wanted) const {
        return check_.rows.needs_a_value() &&
               std::all_of(wanted.fields.begin(), wanted.fields.end(),
                           [](const auto& field) { return !field || field->empty(); });
    }

    bool as_wanted(const WantedRow& wanted, const StoredRow& stored) const {
        if (wanted.last == ChangeKind::kDelete) return !stored.found;
        if (!stored.found) return may_be_missing(wanted);
        if (stored.version && *stored.version < wanted.version) return false;
        return fields_equal(wanted.fields, stored.fields);
    }

    Status settle(const std::vector<Doubt>& doubts) {
        if (doubts.empty()) return {};
        std::vector<std::optional<ImageRow>> images(doubts.size());
        if (check_.images) {
            std::vector<std::vector<Value>> keys;
            for (const Doubt& doubt : doubts) keys.push_back(unpack(doubt.wanted->source_key));
            const std::vector<RowKey> views(keys.begin(), keys.end());
            MILLRACE_ASSIGN(images, check_.images(views));
        }
        for (size_t i = 0; i < doubts.size(); ++i) {
            const std::string why = wrong(doubts[i]);
            if (why.empty()) continue;
            MILLRACE_ASSIGN(const bool explained, later_explains(doubts[i], images[i]));
            if (!explained) {
                made_.differ(std::string(check_.rows.noun()) + " " + doubts[i].wanted->shown + " " +
                             why);
            }
        }
        return {};
    }

    static std::string wrong(const Doubt& doubt) {
        const WantedRow& wanted = *doubt.wanted;
        const StoredRow& stored = *doubt.stored;
        if (wanted.last == ChangeKind::kDelete) return "is there, though its row was deleted";
        if (!stored.found) return "is missing";
        if (stored.version && *stored.version < wanted.version) {
            return "is older than the last change of its row";
        }
        return "has other contents than its row";
    }

    // Nothing of ours gives a version of the same microsecond that is not the change's, unless rows
    // were written as they are.
    bool is_foreign(const Doubt& doubt) const {
        if (!doubt.stored->found || !doubt.stored->version || images_written_) return false;
        const uint64_t stored = *doubt.stored->version;
        return stored <= doubt.wanted->version ||
               stored / kVersionsOfMicro == doubt.wanted->version / kVersionsOfMicro;
    }

    // Whether a change behind the run's borders, in effect or not yet, can be the reason.
    Result<bool> later_explains(const Doubt& doubt, const std::optional<ImageRow>& image) {
        if (is_foreign(doubt)) return false;
        if (!check_.images) return doubt.stored->version > doubt.wanted->version;
        const bool deletes = check_.rows.propagates_deletes();
        if (!image) {
            if (doubt.wanted->last == ChangeKind::kDelete) return later_;
            return doubt.stored->found || deletes;
        }
        if (!doubt.stored->found && !deletes) return false;
        // Changed again since: what of it the target has by now cannot be said.
        if (image->newest_ms >= carried_until_ms_) return true;
        if (!doubt.stored->found) return false;
        const std::vector<Value> key = unpack(doubt.wanted->source_key);
        Change change;
        change.key = key;
        change.values = image->values;
        change.rows = 1;
        change.width = image->values.size();
        WantedRow now;
        MILLRACE_ASSIGN(const bool writes, check_.rows.want(change, now));
        if (!writes) return true;  // it is dirty by now: the target keeps what it had
        for (size_t i = 0; i < now.fields.size() && !doubt.wanted->fields.empty(); ++i) {
            if (!doubt.wanted->fields[i]) now.fields[i].reset();
        }
        return fields_equal(now.fields, doubt.stored->fields);
    }

    const VerifyRequest& request_;
    const KeyedCheck& check_;
    Verification& made_;
    int64_t carried_until_ms_ = 0;
    bool images_written_ = false;
    bool later_ = false;  // a later window of the task is in effect
};

}  // namespace

void WantedRow::fold(WantedRow next) {
    version = next.version;
    if (next.last == ChangeKind::kUpdate && last != ChangeKind::kDelete) {
        for (size_t i = 0; i < fields.size(); ++i) {
            if (next.fields[i]) fields[i] = std::move(next.fields[i]);
        }
        return;
    }
    whole = next.last == ChangeKind::kPut || last == ChangeKind::kDelete;
    fields = std::move(next.fields);
    // An update after a delete makes a row of its columns alone.
    for (auto& field : fields) {
        if (whole && !field) field.emplace();
    }
    last = next.last == ChangeKind::kDelete ? ChangeKind::kDelete : ChangeKind::kPut;
}

Status verify_keyed(const VerifyRequest& request, const KeyedCheck& check, Verification& made) {
    Comparison comparison(request, check, made);
    const bool stream = !check.job.stream.text().empty();
    std::unordered_map<std::string, WantedRow> rows;
    const auto flush = [&]() -> Status {
        std::vector<const WantedRow*> views;
        for (const auto& [id, row] : rows) views.push_back(&row);
        std::sort(views.begin(), views.end(),
                  [](const WantedRow* a, const WantedRow* b) { return a->id < b->id; });
        MILLRACE_TRY(comparison.compare(views));
        rows.clear();
        return {};
    };
    WantedRow wanted;
    const auto take = [&](const Change& change) -> Status {
        MILLRACE_ASSIGN(const bool writes, check.rows.want(change, wanted));
        if (!writes) return {};
        if (check.seen) check.seen(wanted);
        const auto [place, fresh] = rows.try_emplace(wanted.id, wanted);
        if (!fresh) place->second.fold(std::move(wanted));
        // Only streams give a key again.
        return !stream && rows.size() >= kRowsAtOnce ? flush() : Status();
    };
    MILLRACE_ASSIGN(const ReadAgain read, read_again(request, check.job, take));
    if (read.gone.empty()) MILLRACE_TRY(flush());
    if (!read.gone.empty()) {
        made.verdict = Verdict::kUnprovable;
        made.why = "the source no longer has the records: " + read.gone;
    } else if (!read.same && made.verdict == Verdict::kDifferent) {
        made.verdict = Verdict::kUnprovable;
        made.why = "the source has changed since the run, and so the target differs from it: " +
                   made.differences.front() +
                   (made.differences.size() > 1
                        ? " (and " + std::to_string(made.differences.size() - 1) + " more)"
                        : "");
        made.differences.clear();
    }
    return {};
}

}  // namespace millrace
