#include "worker/targets/oss/objects.h"

namespace millrace {
namespace {

constexpr uint32_t kPartNumberMax = 10'000;  // of the service

Status corrupt_staging(const std::string& why) {
    return Status(Code::kCorrupt, "the ledger's staging of an OSS object is wrong: " + why);
}

}  // namespace

Status ItemObjects::restore(const std::string& staging, const std::vector<Part>& parts) {
    open_ = {};
    if (staging.empty()) {
        return parts.empty() ? Status() : corrupt_staging("there are parts without a state");
    }
    MILLRACE_ASSIGN(open_, oss::Staging::parse(staging));
    uint64_t rows = 0, bytes = 0;
    for (const Part& part : parts) {
        if (part.object > open_.object) return corrupt_staging("a part lies behind it");
        if (part.object != open_.object) continue;
        MILLRACE_ASSIGN(const oss::StagedPart staged, oss::StagedPart::parse(part.data));
        if (staged.upload != open_.upload) return corrupt_staging("a part has another upload");
        rows += staged.rows;
        bytes += staged.bytes;
    }
    if (rows != open_.rows || bytes != open_.bytes) {
        return corrupt_staging("its parts do not add up to " + open_.name);
    }
    return {};
}

Status ItemObjects::begin_object(uint32_t first_number) {
    open_.name = oss::object_name(naming_, shard_, open_.object);
    MILLRACE_ASSIGN(open_.upload, client_.initiate_multipart(open_.name));
    open_.base = first_number;
    return {};
}

Result<uint32_t> ItemObjects::next_number() {
    MILLRACE_ASSIGN(const Range range, reserve_(1));
    if (!begun()) MILLRACE_TRY(begin_object(range.first));
    if (range.first < open_.base) return corrupt_staging("a part number was reserved twice");
    const uint32_t number = range.first - open_.base + 1;
    if (number > kPartNumberMax) {
        return fatal_error(open_.name + " needs more than 10000 parts; raise partBytes");
    }
    return number;
}

}  // namespace millrace
