#include "worker/verify/verify.h"

#include "worker/verify/elasticsearch_documents.h"
#include "worker/verify/odps_partition.h"
#include "worker/verify/opensearch_documents.h"
#include "worker/verify/oss_objects.h"
#include "worker/verify/table_rows.h"

namespace millrace {

std::string_view name_of(Verdict verdict) {
    static constexpr std::string_view kNames[] = {"verified", "superseded", "unprovable",
                                                  "different"};
    return kNames[static_cast<size_t>(verdict)];
}

void Verification::differ(std::string what) {
    verdict = Verdict::kDifferent;
    differences.push_back(std::move(what));
}

void Verification::say_gone(const std::string& what) {
    verdict = Verdict::kUnprovable;
    why = "the source no longer has the records: " + what;
}

Result<Verification> verify_receipt(const VerifyRequest& request) {
    try {
        const std::string kind = request.receipt.at("target").at("kind");
        if (kind == "oss") return verify_oss_objects(request);
        if (kind == "elasticsearch") return verify_elasticsearch_documents(request);
        if (kind == "ots") return verify_table_rows(request);
        if (kind == "opensearch") return verify_opensearch_documents(request);
        if (kind == "odps") return verify_odps_partition(request);
        return config_error("receipts of target \"" + kind + "\" cannot be verified yet");
    } catch (const nlohmann::json::exception&) {
        return config_error("the receipt is not whole: a part of it is missing or of another form");
    }
}

}  // namespace millrace
