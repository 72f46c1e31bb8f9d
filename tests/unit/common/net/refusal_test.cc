#include "common/net/refusal.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(RefusalTest, SaysWhatIsKnown) {
    EXPECT_EQ(to_text({.service = "OSS",
                       .what = "read a",
                       .http_status = 403,
                       .code = "AccessDenied",
                       .message = "no",
                       .request_id = "1",
                       .hint = "check accessId"}),
              "OSS refused to read a: HTTP status 403 AccessDenied, \"no\" (request id 1); check "
              "accessId");
    EXPECT_EQ(to_text({.service = "Tablestore", .what = "write a row", .code = "OTSTimeout"}),
              "Tablestore refused to write a row: OTSTimeout");
}

struct Row {
    int number;
    std::string_view name;
};

TEST(RefusalTest, TheFirstRowWithAValueIsFound) {
    static constexpr Row kRows[] = {{1, "a"}, {2, "b"}, {2, "c"}};
    const std::span<const Row> rows(kRows);
    EXPECT_EQ(find_row(rows, &Row::number, 2), &kRows[1]);
    EXPECT_EQ(find_row(rows, &Row::name, std::string_view("c")), &kRows[2]);
    EXPECT_EQ(find_row(rows, &Row::number, 3), nullptr);
}

}  // namespace
}  // namespace millrace
