// Requests and answers of the golden JSON form, and answers of our own signed like the service's.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "common/crypto/digest.h"
#include "common/net/http.h"
#include "common/services/tablestore/config.h"
#include "common/services/tablestore/sign.h"

namespace millrace::test {

// Names in lower case, as a client of ours receives them.
inline Headers headers_of(const nlohmann::json& from) {
    Headers made;
    for (const auto& header : from) {
        std::string name = header.at(0);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        made.emplace_back(std::move(name), header.at(1).get<std::string>());
    }
    return made;
}

inline HttpAnswer answer_of(int status, Headers headers, std::string_view body) {
    HttpAnswer made;
    made.status = status;
    made.headers = std::move(headers);
    made.body.append(body);
    return made;
}

// Of the key pair that all vectors were made with.
inline tablestore::Config golden_config(const std::string& region = {}) {
    tablestore::Settings settings;
    settings.endpoint = "http://127.0.0.1:18087";
    settings.instance = "school";
    settings.access_id = "testid";
    settings.access_key = Secret("testsecret");
    settings.region = region;
    settings.max_retries = 0;
    return *tablestore::make_config(settings);
}

}  // namespace millrace::test
