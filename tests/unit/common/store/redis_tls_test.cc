// The ledger over TLS, and who is refused.
#include "tests/unit/common/store/redis_fixture.h"

namespace millrace {
namespace {

using ::testing::HasSubstr;

class RedisTlsTest : public RedisTest {
  protected:
    RealRedis server_{{"--save", ""}, "", true};
};

TEST_F(RedisTlsTest, TheLedgerWorksOverIt) {
    const auto store = server_.store();
    add_run(*store, 1);
    const Fence held = claim(*store, 0);
    // More than a record of TLS holds, there and back.
    Progress progress;
    progress.position = std::string(1'000'000, 'p');
    ASSERT_TRUE(store->checkpoint(held, progress).ok());
    EXPECT_EQ(store->items(kRun)->front().progress.position, progress.position);
    server_.command("CLIENT KILL TYPE normal");
    EXPECT_TRUE(store->renew(held, kTtl).ok());
}

TEST_F(RedisTlsTest, NeitherSideTakesEverybody) {
    RedisOptions options = server_.options();
    options.tls.ca_file.clear();
    Status status = open(options).status();
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_THAT(status.text(), HasSubstr("certificate is not accepted: self-signed certificate"));
    options = server_.options();
    options.host = "localhost";
    status = open(options).status();
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_THAT(status.text(), HasSubstr("hostname mismatch"));
    options = server_.options();
    options.tls.cert_file.clear();
    status = open(options).status();
    EXPECT_EQ(status.code(), Code::kUnreachable);
    EXPECT_THAT(status.text(), HasSubstr("redis.tlsCertFile"));
    options.tls.ca_file = "/nowhere.pem";
    status = open(options).status();
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_THAT(status.text(), HasSubstr("/nowhere.pem cannot be used for TLS"));
}

TEST_F(RedisTlsTest, BothSidesMustSpeakIt) {
    RedisOptions plain = server_.options();
    plain.tls = {};
    EXPECT_EQ(open(plain).status().code(), Code::kUnreachable);
    RedisOptions sealed = server_.options();
    sealed.port = RealRedis::shared().options().port;
    const Status status = open(sealed).status();
    EXPECT_EQ(status.code(), Code::kUnreachable);
    EXPECT_THAT(status.text(), HasSubstr("TLS does not begin"));
}

}  // namespace
}  // namespace millrace
