#include "worker/targets/elasticsearch/writer.h"

#include <gtest/gtest.h>

#include "tests/unit/worker/targets/elasticsearch/writer_fixture.h"

namespace millrace::elasticsearch {
namespace {

TEST_F(WriterTest, APutIsIndexedWithItsVersion) {
    open();
    put("7", 1000, {"Ann", "12"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(server_.live("school"), (Documents{{"7", {{"name", "Ann"}, {"age", 12}}}}));
    EXPECT_EQ(server_.indices["school"].documents["7"].version, 1000u * 4096);
    EXPECT_EQ(server_.bulks, 1);
    EXPECT_EQ(server_.mgets, 0);
}

}  // namespace
}  // namespace millrace::elasticsearch
