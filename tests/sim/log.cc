#include "tests/sim/log.h"

namespace millrace::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace

void SimLog::travel() {
    Dice& dice = scheduler_.dice();
    const Duration longest = dice.chance(faults_.slow) ? Duration(seconds(3)) : milliseconds(8);
    scheduler_.pause(dice.mostly_short(milliseconds(1), longest));
}

Status SimLog::open(const std::function<Status(CatalogRecord)>& take) {
    travel();
    history_.note(scheduler_.now(), process_, "catalog", "is opened");
    return log_.open(take);
}

Status SimLog::append(std::span<const CatalogRecord> records) {
    Dice& dice = scheduler_.dice();
    travel();
    std::string keys;
    for (const CatalogRecord& record : records) keys += (keys.empty() ? "" : ", ") + record.key;
    const Status lost(Code::kUnknownOutcome, "the catalog's log does not answer");
    if (dice.chance(faults_.lost)) {
        history_.note(scheduler_.now(), process_, "catalog", "lost: " + keys);
        return lost;
    }
    const Status status = log_.append(records);
    history_.note(scheduler_.now(), process_, "catalog",
                  keys + (status.ok() ? "" : ": " + status.text()));
    travel();
    return status.ok() && dice.chance(faults_.answer_lost) ? lost : status;
}

}  // namespace millrace::sim
