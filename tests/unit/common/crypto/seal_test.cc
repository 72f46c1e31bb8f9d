#include "common/crypto/seal.h"

#include <gtest/gtest.h>

#include "common/base/fakes/fake_random.h"
#include "common/crypto/digest.h"

namespace millrace {
namespace {

SealKey key_of(char byte) {
    return *SealKey::parse(Secret(hex(std::string(32, byte))));
}

class SealTest : public ::testing::Test {
  protected:
    FakeRandom random_;
    const SealKey key_ = key_of('k');
};

TEST_F(SealTest, KeysAreReadInBothForms) {
    const std::string bytes = "0123456789abcdef0123456789abcdef";
    for (const std::string& text : {hex(bytes), base64(bytes), " " + hex(bytes) + "\n"}) {
        const auto key = SealKey::parse(Secret(text));
        ASSERT_TRUE(key.ok()) << text;
        EXPECT_EQ(key->bytes().reveal(), bytes);
        EXPECT_EQ(key->id(), sha256(bytes).substr(0, 8));
    }
}

TEST_F(SealTest, WhatIsNoKeyIsRefusedWithoutSayingIt) {
    for (const std::string text : {"s3cr3t", "c2VjcmV0", "g123"}) {
        const auto key = SealKey::parse(Secret(text));
        ASSERT_EQ(key.status().code(), Code::kConfig) << text;
        EXPECT_EQ(key.status().text().find(text), std::string::npos);
    }
    EXPECT_FALSE(SealKey::parse(Secret("")).ok());
    EXPECT_FALSE(SealKey::parse(Secret(std::string(64, 'g'))).ok());
    EXPECT_FALSE(SealKey::parse(Secret(base64(std::string(31, 'x')))).ok());
}

TEST_F(SealTest, GivesBackWhatWasSealed) {
    std::string binary;
    for (int i = 0; i < 1000; ++i) binary += static_cast<char>(i);
    for (const std::string& text : {std::string(), std::string("a"), binary}) {
        const std::string sealed = seal(text, "run1", key_, random_);
        EXPECT_EQ(sealed.size(), 2 + 8 + 12 + text.size() + 16);
        EXPECT_EQ(sealed.substr(0, 2), "M1");
        EXPECT_EQ(sealed.substr(2, 8), key_.id());
        const auto opened = unseal(sealed, "run1", key_);
        ASSERT_TRUE(opened.ok()) << opened.status().text();
        EXPECT_EQ(*opened, text);
    }
}

TEST_F(SealTest, TheSameTextNeverLooksTheSame) {
    EXPECT_NE(seal("text", "run1", key_, random_), seal("text", "run1", key_, random_));
}

TEST_F(SealTest, AnotherKeyIsToldApartFromDamage) {
    const std::string sealed = seal("password", "run1", key_, random_);
    const Status status = unseal(sealed, "run1", key_of('x')).status();
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_NE(status.text().find(hex(key_.id())), std::string::npos) << status.text();
}

TEST_F(SealTest, AnotherContextDoesNotOpenIt) {
    const std::string sealed = seal("password", "run1", key_, random_);
    for (const char* context : {"run2", "run", "run11", ""}) {
        EXPECT_EQ(unseal(sealed, context, key_).status().code(), Code::kCorrupt) << context;
    }
}

// A changed key id reads as another key; it must be refused like all the others.
TEST_F(SealTest, EveryChangedByteIsFound) {
    const std::string sealed = seal("{\"password\":\"p\"}", "run1", key_, random_);
    for (size_t at = 0; at < sealed.size(); ++at) {
        for (const int bit : {0, 3, 7}) {
            std::string changed = sealed;
            changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
            const Code code = unseal(changed, "run1", key_).status().code();
            EXPECT_EQ(code, at >= 2 && at < 10 ? Code::kConfig : Code::kCorrupt) << at;
        }
    }
}

TEST_F(SealTest, EveryShortenedOneIsFound) {
    const std::string sealed = seal("password", "run1", key_, random_);
    for (size_t size = 0; size < sealed.size(); ++size) {
        const Status status = unseal(sealed.substr(0, size), "run1", key_).status();
        EXPECT_EQ(status.code(), Code::kCorrupt) << size;
    }
    EXPECT_EQ(unseal(sealed + "x", "run1", key_).status().code(), Code::kCorrupt);
}

}  // namespace
}  // namespace millrace
