// What the official clients refuse at status 200 we refuse, what they take we take; a date that is
// off is no reason to refuse. Errors are taken unsigned.
#include <gtest/gtest.h>

#include <map>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/net/fake_http.h"
#include "common/services/tablestore/client.h"
#include "tests/golden/tablestore_http.h"
#include "tests/golden/tablestore_vectors.h"

namespace millrace {
namespace {

const std::string kAction = "ListTable";

void set_header(Headers& headers, const std::string& name, std::optional<std::string> value) {
    std::erase_if(headers, [&](const auto& header) { return header.first == name; });
    if (value) headers.emplace_back(name, *value);
}

// Damage that the signature then covers, so that it is the only thing wrong.
void damage_before_signing(const std::string& damage, Headers& headers) {
    if (damage == "no_contentmd5") set_header(headers, "x-ots-contentmd5", {});
    if (damage == "wrong_contentmd5") {
        set_header(headers, "x-ots-contentmd5", base64(md5("something else")));
    }
    if (damage == "no_contenttype") set_header(headers, "x-ots-contenttype", {});
    if (damage == "no_requestid") set_header(headers, "x-ots-requestid", {});
    if (damage == "no_date") set_header(headers, "x-ots-date", {});
    if (damage == "date_one_hour_old") {
        set_header(headers, "x-ots-date", "2026-11-20T17:13:59.621Z");
    }
    if (damage == "date_no_fraction") set_header(headers, "x-ots-date", "2026-11-20T18:13:59Z");
    if (damage == "extra_signed_header") set_header(headers, "x-ots-something", "new");
}

HttpAnswer damaged_answer(int status, const std::string& damage) {
    std::string body;
    if (status == 200) {
        tablestore::wire::ListTableResponse tables;
        tables.add_table_names("orders");
        body = tables.SerializeAsString();
    } else {
        tablestore::wire::Error error;
        error.set_code("OTSObjectNotExist");
        error.set_message("Requested table does not exist.");
        body = error.SerializeAsString();
    }
    if (damage == "garbage_body") body = "\x0a\x0a\x01";
    Headers headers{{"x-ots-contentmd5", base64(md5(body))},
                    {"x-ots-contenttype", "protocol buffer"},
                    {"x-ots-requestid", "5cf4ed3b-15e7-43b3-944a-293e8ba03b06"},
                    {"x-ots-date", "2026-11-20T18:13:59.621Z"}};
    damage_before_signing(damage, headers);
    const std::string signature = tablestore::response_signature(
        Secret(damage == "wrong_signature" ? "othersecret" : "testsecret"),
        tablestore::response_string_to_sign(kAction, headers));
    const std::string key_id = damage == "wrong_key_id" ? "otherid" : "testid";
    const std::string scheme = damage == "authorization_without_scheme" ? "" : "OTS ";
    if (damage != "no_authorization") {
        headers.emplace_back("authorization", scheme + key_id + ":" + signature);
    }
    return test::answer_of(status, std::move(headers), body);
}

Result<std::vector<std::string>> ask(int status, const std::string& damage) {
    FakeClock clock(TimePoint(std::chrono::seconds(1'795'198'439)));  // 2026-11-20T18:13:59Z
    FakeRandom random;
    FakeHttp http(
        [&](const HttpRequest&) -> Result<HttpAnswer> { return damaged_answer(status, damage); });
    const CallContext context{http, clock, random, {}, {}};
    return tablestore::Client(context, test::golden_config()).list_tables();
}

// The damages that the vectors know, by call; true = Java or Python refuses.
std::map<std::string, bool> refusals(const nlohmann::json& vectors, const std::string& call) {
    std::map<std::string, bool> made;
    for (const auto& vector : vectors) {
        if (vector.at("call") != call) continue;
        const std::string sdk = vector.at("sdk");
        const bool strict = sdk.starts_with("java") || sdk == "python";
        const bool refused = vector.at("result").get<std::string>().starts_with("refused");
        bool& any = made[vector.at("response_damage")];
        any = any || (strict && refused);
    }
    return made;
}

TEST(GoldenTablestoreAcceptance, RefusesAt200WhatJavaOrPythonRefuses) {
    MILLRACE_TABLESTORE_VECTORS(vectors, "response_acceptance.json");
    for (const auto& [damage, refused] : refusals(vectors, "ok_200")) {
        SCOPED_TRACE(damage);
        const bool only_date = damage == "date_one_hour_old" || damage == "date_no_fraction";
        const Status status = ask(200, damage).status();
        EXPECT_EQ(status.code(), refused && !only_date ? Code::kCorrupt : Code::kOk)
            << status.text();
    }
}

TEST(GoldenTablestoreAcceptance, TakesErrorsUnsigned) {
    MILLRACE_TABLESTORE_VECTORS(vectors, "response_acceptance.json");
    for (const auto& [damage, refused] : refusals(vectors, "error_404")) {
        SCOPED_TRACE(damage);
        const Status status = ask(404, damage).status();
        if (damage == "garbage_body") {
            EXPECT_EQ(status.code(), Code::kFatal) << status.text();
            EXPECT_EQ(status.service_code(), "");
        } else {
            EXPECT_EQ(status.code(), Code::kNotFound) << status.text();
            EXPECT_EQ(status.service_code(), "OTSObjectNotExist");
        }
    }
}

}  // namespace
}  // namespace millrace
