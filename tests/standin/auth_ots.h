// Who sent a Tablestore request, and the signed headers of its answer.
#pragma once

#include "common/base/time.h"
#include "tests/standin/http_server.h"
#include "tests/standin/service.h"

namespace millrace::standin {

struct OtsCaller {
    std::string key_id;
    std::string signing_key;  // of the answer; empty when the key id is unknown: not signed then
};

// The action of a path: "/GetRow" -> "GetRow", "/tunnel/list" -> "tunnel/list".
std::string ots_action(const Request& request);

// What can be said of the caller before anything is checked: enough to sign an error.
OtsCaller ots_caller(const Request& request, const Account& account);

// Checks headers, date (unless the account says not to), body MD5, key id, instance and the V2 or
// V4 signature over every x-ots header there is. Throws OtsError.
void authenticate(const Request& request, const Account& account, const std::string& instance,
                  TimePoint now);

// Adds the five headers of an answer (the MD5 only when it is not there yet). No header that begins
// with x-ots may be added afterwards.
void sign_answer(Response& response, const std::string& action, const OtsCaller& caller,
                 const std::string& request_id, TimePoint date);

}  // namespace millrace::standin
