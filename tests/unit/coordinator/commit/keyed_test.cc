#include "coordinator/commit/keyed.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

using nlohmann::json;

class KeyedCommitTest : public ::testing::Test {
  protected:
    std::unique_ptr<KeyedCommit> commit() {
        KeyedTargetEdges edges;
        edges.target = {{"kind", "elasticsearch"}, {"index", "i"}};
        edges.prepare = [this](const InstanceView&) -> Result<json> {
            return json{{"uuid", uuid_}};
        };
        edges.finish = [this](const json& remembered) -> Status {
            finished_.push_back(remembered.at("uuid"));
            return {};
        };
        return std::make_unique<KeyedCommit>(std::move(edges));
    }

    std::string uuid_ = "u1";
    std::vector<std::string> finished_;
};

TEST_F(KeyedCommitTest, FinishesWhatWasPrepared) {
    auto one = commit();
    ASSERT_TRUE(one->prepare({}).ok());
    ASSERT_TRUE(one->make_intent({}, {}).ok());
    EXPECT_EQ(one->pieces(), 0u);
    ASSERT_TRUE(one->publish({}).ok());
    EXPECT_EQ(finished_, std::vector<std::string>{"u1"});
    json receipt;
    one->describe(receipt);
    EXPECT_EQ(receipt.at("target").at("uuid"), "u1");
    EXPECT_EQ(receipt.at("target").at("index"), "i");
}

TEST_F(KeyedCommitTest, AnotherProcessGoesOnFromTheIntent) {
    const auto intent = commit()->make_intent({}, {});
    auto next = commit();
    ASSERT_TRUE(next->load(*intent).ok());
    uuid_ = "u2";
    ASSERT_TRUE(next->publish({}).ok());
    EXPECT_EQ(finished_, std::vector<std::string>{"u1"});
    EXPECT_EQ(next->load("{").code(), Code::kCorrupt);
}

// Its rows went away with the old one: a receipt would be a lie.
TEST_F(KeyedCommitTest, AnIndexThatWasMadeAnewDuringTheRunIsLostWork) {
    auto one = commit();
    ASSERT_TRUE(one->prepare({}).ok());
    uuid_ = "u2";
    EXPECT_EQ(one->make_intent({}, {}).status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace millrace
