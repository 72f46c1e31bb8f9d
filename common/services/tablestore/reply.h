// What an answer of Tablestore means, and whether it may be believed.
#pragma once

#include <optional>

#include "common/net/http.h"
#include "common/services/tablestore/config.h"

namespace millrace::tablestore {

// Success: status 200 with all required headers, the service's signature and (as configured) the
// body's MD5. kCorrupt when one of these is wrong, so that it is asked for again. Otherwise the
// service's error. Errors are believed unsigned: with a wrong key nothing can be verified.
Status check_answer(const Config& config, std::string_view action, const HttpAnswer& answer,
                    std::string_view what);

// The message in a successful answer: its body, or what that decompresses to, then held by
// `inflated`. kCorrupt when it cannot be decompressed.
Result<std::string_view> content_of(const HttpAnswer& answer, Buffer& inflated);

// The service's clock when it answered; absent when it did not say.
std::optional<TimePoint> date_of(const HttpAnswer& answer);

}  // namespace millrace::tablestore
