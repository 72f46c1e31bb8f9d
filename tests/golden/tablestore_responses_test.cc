#include <gtest/gtest.h>

#include "common/services/tablestore/errors.h"
#include "common/services/tablestore/range.h"
#include "common/services/tablestore/reply.h"
#include "common/services/tablestore/stream.h"
#include "tests/golden/tablestore_http.h"
#include "tests/golden/tablestore_messages.h"
#include "tests/golden/tablestore_vectors.h"

namespace millrace {
namespace {

std::string text(const nlohmann::json& vector, const char* name) {
    return vector.at(name).get<std::string>();
}

// A page walked by hand holds what the generated code reads.
void check_page(std::string_view body, const tablestore::wire::GetStreamRecordResponse& parsed) {
    tablestore::StreamPage page;
    ASSERT_TRUE(page.read(body).ok());
    ASSERT_EQ(page.records.size(), static_cast<size_t>(parsed.stream_records_size()));
    for (size_t i = 0; i < page.records.size(); ++i) {
        const auto& expected = parsed.stream_records(static_cast<int>(i));
        EXPECT_EQ(page.records[i].action, expected.action_type());
        EXPECT_EQ(page.records[i].record, expected.record());
    }
    EXPECT_EQ(page.next_iterator.has_value(), parsed.has_next_shard_iterator());
    EXPECT_EQ(page.next_iterator.value_or(""), parsed.next_shard_iterator());
    EXPECT_EQ(page.may_more_record, parsed.may_more_record());
}

void check_page(std::string_view body, const tablestore::wire::GetRangeResponse& parsed) {
    tablestore::RangePage page;
    ASSERT_TRUE(page.read(body).ok());
    EXPECT_EQ(page.rows, parsed.rows());
    EXPECT_EQ(page.next.has_value(), parsed.has_next_start_primary_key());
    EXPECT_EQ(page.next.value_or(""), parsed.next_start_primary_key());
}

void check_message(const std::string& action, const std::string& body) {
    const auto message = test::new_response(action);
    ASSERT_TRUE(message) << action << " succeeded, but we do not speak it";
    ASSERT_TRUE(message->ParseFromString(body));
    EXPECT_EQ(hex(message->SerializeAsString()), hex(body));
    using Page = tablestore::wire::GetStreamRecordResponse;
    if (const auto* page = dynamic_cast<const Page*>(message.get())) check_page(body, *page);
    using Range = tablestore::wire::GetRangeResponse;
    if (const auto* page = dynamic_cast<const Range*>(message.get())) check_page(body, *page);
}

void check_error(const Status& status, const std::string& body) {
    tablestore::wire::Error error;
    ASSERT_TRUE(error.ParseFromString(body));
    EXPECT_EQ(hex(error.SerializeAsString()), hex(body));
    EXPECT_EQ(status.service_code(), error.code());
    const tablestore::ErrorRow* row = tablestore::find_error(error.code());
    ASSERT_NE(row, nullptr) << error.code();
    EXPECT_EQ(status.code(), row->code);
    EXPECT_NE(status.text().find(error.message()), std::string::npos) << status.text();
}

TEST(GoldenTablestoreResponses, AreCheckedParsedAndEncodedAgain) {
    MILLRACE_TABLESTORE_VECTORS(vectors, "responses.json");
    for (const auto& vector : vectors) {
        SCOPED_TRACE(text(vector, "name"));
        const std::string action = text(vector, "action");
        const std::string body = from_hex(text(vector, "body_hex"));
        const int status = vector.at("status").get<int>();
        const HttpAnswer answer =
            test::answer_of(status, test::headers_of(vector.at("headers")), body);
        const std::string to_sign = tablestore::response_string_to_sign(action, answer.headers);
        EXPECT_EQ(to_sign, text(vector, "response_string_to_sign"));
        const Secret key(text(vector, "response_key"));
        EXPECT_EQ("OTS testid:" + tablestore::response_signature(key, to_sign),
                  find_header(answer.headers, "authorization"));
        EXPECT_EQ(base64(md5(body)), find_header(answer.headers, "x-ots-contentmd5"));
        EXPECT_TRUE(tablestore::date_of(answer).has_value());

        const Headers sent = test::headers_of(vector.at("request").at("headers"));
        const auto config = test::golden_config(std::string(find_header(sent, "x-ots-signregion")));
        const Status checked = tablestore::check_answer(config, action, answer, "test");
        if (status == 200) {
            EXPECT_TRUE(checked.ok()) << checked.text();
            check_message(action, body);
        } else {
            check_error(checked, body);
        }
    }
}

}  // namespace
}  // namespace millrace
