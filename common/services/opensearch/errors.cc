#include "common/services/opensearch/errors.h"

#include "common/net/refusal.h"

namespace millrace::opensearch {
namespace {

constexpr std::string_view kKeys = "check accessId and accessKey";

constexpr ErrorRow kErrors[] = {
    {1000, Code::kUnknownOutcome},
    {1004, Code::kRetry},
    {1006, Code::kRetry},
    {7500, Code::kUnknownOutcome},
    {3017, Code::kUnknownOutcome},
    {3007, Code::kThrottled, "pushes come too often for the application's quota"},
    {3013, Code::kThrottled, "pushes exceed the application's quota"},
    {3014, Code::kThrottled, "pushes exceed the system's limit"},
    {3001, Code::kDirtyRecord},
    {3002, Code::kDirtyRecord, "a document is too large"},
    {3005, Code::kDirtyRecord},
    {3006, Code::kDirtyRecord, "does the application's edition know this command?"},
    {3008, Code::kDirtyRecord, "the push is too long"},
    {3009, Code::kDirtyRecord, "a document has no primary key"},
    {3015, Code::kDirtyRecord, "the push has too many documents"},
    {kBadJson, Code::kDirtyRecord},
    {3003, Code::kConfig, "the application's quota of documents is used up"},
    {3016, Code::kConfig, "the application's quota of documents is used up"},
    {3011, Code::kConfig, "a table that is fed by a database takes no pushes"},
    {3012, Code::kConfig, "check table: the application has none of this name"},
    {2001, Code::kConfig, "check indexName and host: there is no such application"},
    {2010, Code::kConfig, "the application is paused"},
    {2011, Code::kConfig, "the application is frozen"},
    {2012, Code::kConfig, "the application is disabled"},
    {4001, Code::kConfig, kKeys},
    {4002, Code::kConfig, kKeys},
    {4003, Code::kConfig, "check accessKey: the signature does not fit"},
    {4004, Code::kConfig, kKeys},
    {kNonceUsed, Code::kRetry},
    {4006, Code::kConfig, kKeys},
    {4008, Code::kConfig, kKeys},
    {4009, Code::kConfig, kKeys},
    {kDateExpired, Code::kConfig, "set this machine's clock"},
    {4020, Code::kConfig, kKeys},
    {5001, Code::kConfig, "check accessId"},
    {5008, Code::kConfig, kKeys},
    {6013, Code::kFatal, "a search reaches 5000 documents deep at most"},
    {6015, Code::kThrottled, "searches exceed the application's quota"},
    {6127, Code::kConfig, "the field is no attribute of the application"},
};

}  // namespace

std::span<const ErrorRow> error_table() {
    return kErrors;
}

const ErrorRow* find_error(int number) {
    return find_row(error_table(), &ErrorRow::number, number);
}

}  // namespace millrace::opensearch
