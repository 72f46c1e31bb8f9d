#include "worker/verify/keyed.h"

#include <algorithm>
#include <unordered_map>

#include "common/record/packed.h"
#include "worker/job/targets.h"

namespace millrace {
namespace {

using nlohmann::json;

constexpr size_t kRowsAtOnce = 1000;
constexpr uint64_t kVersionsOfMicro = 4096;

int64_t end_of(const json& receipt) {
    return receipt.at("/window/end_ms"_json_pointer).get<int64_t>();
}

// A row that is not as the changes left it: perhaps by later ones.
struct Doubt {
    WantedRow wanted;
    StoredRow stored;
};

class Comparison {
  public:
    Comparison(const VerifyRequest& request, const KeyedCheck& check, Verification& made)
        : request_(request),
          check_(check),
          made_(made),
          carried_until_ms_(end_of(request.receipt)) {
        images_written_ = check.rows.reads_images() || request.receipt.value("by_image", false);
        for (const json& other : request.others) {
            carried_until_ms_ = std::max(carried_until_ms_, end_of(other));
            images_written_ = images_written_ || other.value("by_image", false);
            const bool behind = end_of(other) > end_of(request.receipt);
            if (behind && !other.value("by_image", false)) later_.push_back(&other);
        }
        std::stable_sort(later_.begin(), later_.end(),
                         [](const json* a, const json* b) { return end_of(*a) < end_of(*b); });
    }

    Status compare(const std::vector<const WantedRow*>& rows) {
        for (size_t i = 0; i < rows.size(); i += kRowsAtOnce) {
            const std::span part(rows.data() + i, std::min(kRowsAtOnce, rows.size() - i));
            MILLRACE_ASSIGN(std::vector<StoredRow> stored, check_.rows.get(part));
            for (size_t k = 0; k < part.size(); ++k) {
                ++made_.checked;
                if (stored[k].found) ++made_.rows;
                if (as_wanted(*part[k], stored[k])) continue;
                doubts_.push_back({*part[k], std::move(stored[k])});
            }
        }
        return {};
    }

    // After the last compare().
    Status settle() {
        if (check_.source.images()) {
            MILLRACE_TRY(follow_later_windows());
            if (images_written_ || request_.source->unfinished) {
                MILLRACE_TRY(
                    leave_out([this](const auto& part) { return explained_by_images(part); }));
            }
        } else {
            std::erase_if(doubts_, [&](const Doubt& doubt) {
                return !is_foreign(doubt) && doubt.stored.version > doubt.wanted.version;
            });
        }
        for (const Doubt& doubt : doubts_) {
            made_.differ(std::string(check_.rows.noun()) + " " + doubt.wanted.shown + " " +
                         wrong(doubt));
        }
        return {};
    }

  private:
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
        return check_.rows.updates_may_make_none() && !wanted.certain;
    }

    bool as_wanted(const WantedRow& wanted, const StoredRow& stored) const {
        if (wanted.last == ChangeKind::kDelete) return !stored.found;
        if (!stored.found) return may_be_missing(wanted);
        if (stored.version && *stored.version < wanted.version) return false;
        return fields_equal(wanted.fields, stored.fields);
    }

    static std::string wrong(const Doubt& doubt) {
        const WantedRow& wanted = doubt.wanted;
        if (wanted.last == ChangeKind::kDelete) return "is there, though its row was deleted";
        if (!doubt.stored.found) return "is missing";
        if (doubt.stored.version && *doubt.stored.version < wanted.version) {
            return "is older than the last change of its row";
        }
        return "has other contents than its row";
    }

    // Nothing of ours gives a version of the same microsecond that is not the change's, unless rows
    // were written as they are.
    bool is_foreign(const Doubt& doubt) const {
        if (!doubt.stored.found || !doubt.stored.version || images_written_) return false;
        const uint64_t stored = *doubt.stored.version;
        return stored <= doubt.wanted.version ||
               stored / kVersionsOfMicro == doubt.wanted.version / kVersionsOfMicro;
    }

    // Drops the doubts for which `explained`, asked for a part of them, says so.
    Status leave_out(
        const std::function<Result<std::vector<bool>>(std::span<const Doubt>)>& explained) {
        std::vector<Doubt> left;
        for (size_t i = 0; i < doubts_.size(); i += kRowsAtOnce) {
            const size_t count = std::min(kRowsAtOnce, doubts_.size() - i);
            MILLRACE_ASSIGN(const std::vector<bool> is, explained(std::span(&doubts_[i], count)));
            for (size_t k = 0; k < count; ++k) {
                if (!is[k]) left.push_back(std::move(doubts_[i + k]));
            }
        }
        doubts_ = std::move(left);
        return {};
    }

    Result<std::vector<bool>> explained_by_images(std::span<const Doubt> doubts) {
        std::vector<std::vector<Value>> keys;
        for (const Doubt& doubt : doubts) keys.push_back(unpack(doubt.wanted.source_key));
        const std::vector<RowKey> views(keys.begin(), keys.end());
        MILLRACE_ASSIGN(const auto images, check_.source.images()(views));
        std::vector<bool> explained;
        for (size_t i = 0; i < doubts.size(); ++i) {
            MILLRACE_ASSIGN(const bool is, explained_by_image(doubts[i], keys[i], images[i]));
            explained.push_back(is);
        }
        return explained;
    }

    // Whether the row as it is now can be the reason. What changed behind the last window that was
    // carried may be in effect or not; a deleted cell or row leaves no trace of when.
    Result<bool> explained_by_image(const Doubt& doubt, const std::vector<Value>& key,
                                    const std::optional<ImageRow>& image) {
        if (is_foreign(doubt)) return false;
        const bool deletes = check_.rows.propagates_deletes();
        if (!image) {
            if (doubt.wanted.last == ChangeKind::kDelete) return false;
            return doubt.stored.found || deletes;
        }
        const bool fresh = image->newest_ms >= carried_until_ms_;
        if (!doubt.stored.found) return deletes && fresh;
        if (fresh) return true;
        Change change;
        change.key = key;
        change.values = image->values;
        change.rows = 1;
        change.width = image->values.size();
        WantedRow now;
        MILLRACE_ASSIGN(const bool writes, check_.rows.want(change, now));
        if (!writes) return true;  // dirty by now: the target keeps what it had
        for (size_t i = 0; i < now.fields.size(); ++i) {
            const auto& carried = doubt.wanted.fields;
            const bool empty_before = i < carried.size() && carried[i] && carried[i]->empty();
            if (now.fields[i] && now.fields[i]->empty() && !empty_before) now.fields[i].reset();
        }
        return fields_equal(now.fields, doubt.stored.fields);
    }

    // The changes of the windows behind this one that are in effect too.
    Status follow_later_windows() {
        for (const json* receipt : later_) {
            if (doubts_.empty()) return {};
            std::unordered_map<std::string, Doubt*> by_id;
            for (Doubt& doubt : doubts_) by_id[doubt.wanted.id] = &doubt;
            static const std::vector<ItemView> kNoItems;
            const SourceAccess source{request_.source->job, kNoItems, request_.source->store,
                                      request_.source->unfinished};
            const VerifyRequest later{*receipt, request_.job, request_.others, request_.context,
                                      &source};
            WantedRow wanted;
            MILLRACE_ASSIGN(
                const ReadAgain read,
                read_again(later, check_.source.job(), [&](const Change& change) -> Status {
                    MILLRACE_ASSIGN(const bool writes, check_.rows.want(change, wanted));
                    const auto doubt = by_id.find(wanted.id);
                    if (writes && doubt != by_id.end()) {
                        doubt->second->wanted.fold(std::move(wanted));
                    }
                    return {};
                }));
            if (!read.gone.empty()) {
                made_.say_gone(read.gone);
                doubts_.clear();
                return {};
            }
            std::erase_if(
                doubts_, [&](const Doubt& doubt) { return as_wanted(doubt.wanted, doubt.stored); });
        }
        // Newer than all that is known: another job, or a run that is not committed.
        std::erase_if(doubts_, [&](const Doubt& doubt) {
            return !images_written_ && !is_foreign(doubt) &&
                   doubt.stored.version > doubt.wanted.version;
        });
        return {};
    }

    const VerifyRequest& request_;
    const KeyedCheck& check_;
    Verification& made_;
    int64_t carried_until_ms_ = 0;
    bool images_written_ = false;
    std::vector<const json*> later_;  // receipts of windows behind this one, in their order
    std::vector<Doubt> doubts_;
};

}  // namespace

void WantedRow::fold(WantedRow next) {
    version = next.version;
    if (next.last == ChangeKind::kUpdate && last != ChangeKind::kDelete) {
        certain = certain || next.certain;
        for (size_t i = 0; i < fields.size(); ++i) {
            if (next.fields[i]) fields[i] = std::move(next.fields[i]);
        }
        return;
    }
    whole = next.last == ChangeKind::kPut || last == ChangeKind::kDelete;
    certain = next.certain;
    fields = std::move(next.fields);
    // An update after a delete makes a row of its columns alone.
    for (auto& field : fields) {
        if (whole && !field) field.emplace();
    }
    last = next.last == ChangeKind::kDelete ? ChangeKind::kDelete : ChangeKind::kPut;
}

Result<std::unique_ptr<KeyedJob>> KeyedJob::create(const VerifyRequest& request,
                                                   Verification& made) {
    if (request.source == nullptr) return config_error("the source cannot be read");
    Result<Job> job = request.source->job();
    if (is_gone(job.status())) {
        made.say_gone(job.status().text());
        return std::unique_ptr<KeyedJob>();
    }
    MILLRACE_TRY(job.status());
    std::unique_ptr<KeyedJob> keyed(new KeyedJob(*std::move(job)));
    MILLRACE_ASSIGN(keyed->images_,
                    make_images({keyed->job_, keyed->nothing_, request.context,
                                 request.source->store, request.context.clock, keyed->own_}));
    return keyed;
}

Status verify_keyed(const VerifyRequest& request, const KeyedCheck& check, Verification& made) {
    Comparison comparison(request, check, made);
    // Changes of a stream come again by key, and so may the rows of objects.
    const bool unique = check.source.job().spec.reader.plugin == "ots";
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
        return unique && rows.size() >= kRowsAtOnce ? flush() : Status();
    };
    MILLRACE_ASSIGN(const ReadAgain read, read_again(request, check.source.job(), take));
    if (read.gone.empty()) {
        MILLRACE_TRY(flush());
        MILLRACE_TRY(comparison.settle());
    }
    if (!read.gone.empty()) {
        made.say_gone(read.gone);
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
