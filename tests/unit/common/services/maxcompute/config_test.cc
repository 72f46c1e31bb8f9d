#include "common/services/maxcompute/config.h"

#include <gtest/gtest.h>

#include "common/services/maxcompute/request.h"

namespace millrace::maxcompute {
namespace {

OdpsAddress address() {
    return {"http://service.example/api", "", "shop", "", "", "id", Secret("key"), {}, 10};
}

TEST(MaxcomputeConfig, RefusesWhatCannotBeRight) {
    EXPECT_TRUE(make_config(address()).ok());
    OdpsAddress with = address();
    with.project = "no such";
    EXPECT_EQ(make_config(with).status().code(), Code::kConfig);
    with = address();
    with.access_id.clear();
    EXPECT_FALSE(make_config(with).ok());
    with = address();
    with.endpoint = "";
    EXPECT_NE(make_config(with).status().text().find("odpsServer"), std::string::npos);
    with = address();
    with.tunnel_endpoint = "http://dt.example/x";
    EXPECT_NE(make_config(with).status().text().find("http://dt.example"), std::string::npos);
}

TEST(MaxcomputeConfig, SchemasAndTokensReachTheRequest) {
    OdpsAddress with = address();
    with.schema = "sales";
    with.sts_token = Secret("token");
    const Config config = *make_config(with);
    const HttpRequest http =
        to_http(config, config.rest, {.path = table_path(config, "orders")}, TimePoint());
    EXPECT_EQ(http.url,
              "http://service.example/api/projects/shop/schemas/sales/tables/orders"
              "?curr_project=shop&curr_schema=sales");
    EXPECT_EQ(find_header(http.headers, "authorization-sts-token"), "token");
    EXPECT_TRUE(find_header(http.headers, "authorization").starts_with("ODPS id:"));
}

}  // namespace
}  // namespace millrace::maxcompute
