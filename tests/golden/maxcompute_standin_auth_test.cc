// What the official clients signed is what the stand-in takes.
#include "tests/golden/maxcompute_standin.h"
#include "tests/standin/odps_auth.h"
#include "tests/standin/odps_error.h"

namespace millrace::standin {
namespace {

const Account kAccount{"testid", "testsecret", false};

// The number at the head of the refusal's message, or its code; empty when the request is taken.
std::string refusal(const Request& request, const Account& account = kAccount) {
    try {
        authenticate_odps(account, request, TimePoint());
        return "";
    } catch (const OdpsError& error) {
        EXPECT_EQ(error.status, 401);
        return error.message.substr(0, error.message.find(':'));
    }
}

TEST(MaxcomputeStandinAuthGolden, CanonicalStringsAndSignatures) {
    MILLRACE_GOLDEN_ODPS(vectors, "auth.json");
    for (const auto& one : vectors) {
        Request request = golden_odps_request(one);
        EXPECT_EQ(odps_canonical(request, one["reads_values_twice"]), one["canonical"])
            << one["client"] << one["label"];
        request.headers.emplace_back("Authorization", one["authorization"]);
        EXPECT_EQ(refusal(request), "") << one["client"] << one["label"];
        EXPECT_EQ(refusal(request, {"testid", "other", false}), "ODPS-0410042");
        EXPECT_EQ(refusal(request, {"other", "testsecret", false}), "ODPS-0410051");
    }
    EXPECT_GT(vectors.size(), 50u);
}

TEST(MaxcomputeStandinAuthGolden, RequestsOfAllExchanges) {
    if (golden_dir("maxcompute").empty()) GTEST_SKIP() << "maxcompute is not there";
    size_t taken = 0, refused = 0;
    each_golden_odps_exchange([&](const std::string& file, const nlohmann::json& one) {
        const std::string why = refusal(golden_odps_request(one));
        const bool wrong_id = file.find("-wrong-id") != std::string::npos;
        const bool wrong_secret = file.find("-wrong-secret") != std::string::npos;
        EXPECT_EQ(why, wrong_id ? "ODPS-0410051" : wrong_secret ? "ODPS-0410042" : "") << file;
        ++(why.empty() ? taken : refused);
    });
    EXPECT_GT(taken, 400u);
    EXPECT_GT(refused, 5u);
}

TEST(MaxcomputeStandinAuthGolden, AChangedRequestIsRefused) {
    MILLRACE_GOLDEN_ODPS(vectors, "auth.json");
    Request request = golden_odps_request(vectors[0]);
    request.headers.emplace_back("Authorization", vectors[0]["authorization"]);
    request.target += "&overwrite=true";
    EXPECT_EQ(refusal(request), "ODPS-0410042");
}

}  // namespace
}  // namespace millrace::standin
