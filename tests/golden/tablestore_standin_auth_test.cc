// The stand-in's authentication judged by requests that the official SDKs sent.
#include "common/crypto/digest.h"
#include "tests/golden/tablestore_vectors.h"
#include "tests/standin/auth_ots.h"
#include "tests/standin/ots_error.h"

namespace millrace::standin {
namespace {

const Account kAccount{"testid", "testsecret", false};
const TimePoint kAnyTime{};

Request request_of(const nlohmann::json& vector) {
    Request request;
    request.method = vector.at("method");
    request.target = vector.at("path");
    for (const auto& header : vector.at("headers"))
        request.headers.emplace_back(header[0], header[1]);
    request.body = from_hex(vector.at("body_hex").get<std::string>());
    return request;
}

// The code of the refusal, or empty.
std::string refusal(const Request& request, const Account& account, TimePoint now = kAnyTime) {
    try {
        authenticate(request, account, "school", now);
        return "";
    } catch (const OtsError& error) {
        return error.code + ": " + error.message;
    }
}

class StandinAuth : public testing::TestWithParam<const char*> {};

TEST_P(StandinAuth, TakesWhatTheSdkSigned) {
    MILLRACE_TABLESTORE_VECTORS(vectors, GetParam());
    for (const auto& vector : vectors) {
        Request request = request_of(vector);
        const std::string name = vector.at("name");
        Account account = kAccount;
        if (name.find("wrong_secret") != std::string::npos) account.access_key = "wrongsecret";
        EXPECT_EQ(refusal(request, account), "") << name;
        account.access_key += "x";
        EXPECT_EQ(refusal(request, account), "OTSAuthFailed: Signature mismatch.") << name;
        request.body += "x";
        EXPECT_NE(refusal(request, kAccount).find("Mismatch between MD5"), std::string::npos)
            << name;
    }
}

TEST_P(StandinAuth, ReadsTheDateOfTheSdk) {
    MILLRACE_TABLESTORE_VECTORS(vectors, GetParam());
    const TimePoint day = std::chrono::sys_days(std::chrono::year(2026) / 11 / 20);
    Account account = kAccount;
    account.check_skew = true;
    for (const auto& vector : vectors) {
        const std::string refused = refusal(request_of(vector), account, day);
        EXPECT_NE(refused.find("Mismatch between system time"), std::string::npos)
            << vector.at("name") << ": " << refused;
    }
}

INSTANTIATE_TEST_SUITE_P(Sdks, StandinAuth,
                         testing::Values("requests_java.json", "requests_python.json",
                                         "requests_go.json", "requests_node.json",
                                         "requests_java_old.json"));

TEST(StandinAnswer, IsSignedAsTheSdksExpect) {
    MILLRACE_TABLESTORE_VECTORS(vectors, "responses.json");
    for (const auto& vector : vectors) {
        Response response;
        std::string expected;
        for (const auto& header : vector.at("headers")) {
            const std::string name = lower(header[0].get<std::string>());
            if (name == "authorization") expected = header[1];
        }
        // Only the headers that sign_answer does not add itself.
        const auto header = [&](const std::string& wanted) {
            for (const auto& item : vector.at("headers"))
                if (lower(item[0].get<std::string>()) == wanted) return item[1].get<std::string>();
            return std::string();
        };
        for (const char* name : {"x-ots-response-compress-type", "x-ots-response-compress-size"})
            if (!header(name).empty()) response.headers.emplace_back(name, header(name));
        response.set_body(from_hex(vector.at("body_hex").get<std::string>()));
        const std::string text = vector.at("response_string_to_sign");
        const std::string action = text.substr(text.rfind('\n') + 2);
        std::chrono::sys_time<std::chrono::milliseconds> date;
        tm parts{};
        const std::string date_text = header("x-ots-date");
        const char* rest = strptime(date_text.c_str(), "%Y-%m-%dT%H:%M:%S.", &parts);
        ASSERT_TRUE(rest) << date_text;
        date = std::chrono::sys_seconds(std::chrono::seconds(timegm(&parts))) +
               std::chrono::milliseconds(std::atoi(rest));
        sign_answer(response, action, {"testid", vector.at("response_key")},
                    header("x-ots-requestid"), date);
        std::string signature;
        for (const auto& [name, value] : response.headers)
            if (name == "Authorization") signature = value;
        EXPECT_EQ(signature, expected) << vector.at("name");
    }
}

}  // namespace
}  // namespace millrace::standin
