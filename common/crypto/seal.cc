#include "common/crypto/seal.h"

#include <openssl/evp.h>

#include <memory>

#include "common/base/check.h"
#include "common/config/ascii.h"
#include "common/crypto/digest.h"

namespace millrace {
namespace {

constexpr std::string_view kMagic = "M1";
constexpr size_t kKeySize = 32, kKeyIdSize = 8, kNonceSize = 12, kTagSize = 16;
constexpr size_t kHeaderSize = kMagic.size() + kKeyIdSize;
constexpr size_t kBodyBegin = kHeaderSize + kNonceSize;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::string& bytes, size_t at) {
    return reinterpret_cast<unsigned char*>(bytes.data()) + at;
}

Cipher make_cipher() {
    Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    MILLRACE_CHECK(cipher != nullptr);
    return cipher;
}

std::string draw_nonce(Random& random) {
    std::string nonce;
    while (nonce.size() < kNonceSize) {
        for (uint64_t bits = random.next(), i = 0; i < 8 && nonce.size() < kNonceSize; ++i) {
            nonce += static_cast<char>(bits >> (8 * i) & 0xFF);
        }
    }
    return nonce;
}

}  // namespace

Result<SealKey> SealKey::parse(const Secret& text) {
    const std::string_view given = ascii::trimmed(text.reveal());
    std::string bytes = given.size() == 2 * kKeySize ? from_hex(given) : from_base64(given);
    if (bytes.size() != kKeySize) {
        return config_error(
            "the key must be 64 hex digits, or base64 of 32 bytes (make one with: openssl rand "
            "-hex 32)");
    }
    return SealKey(Secret(std::move(bytes)));
}

std::string SealKey::id() const {
    return sha256(bytes_.reveal()).substr(0, kKeyIdSize);
}

std::string seal(std::string_view text, std::string_view context, const SealKey& key,
                 Random& random) {
    std::string sealed = std::string(kMagic) + key.id() + draw_nonce(random);
    sealed.resize(kBodyBegin + text.size() + kTagSize);
    const Cipher cipher = make_cipher();
    int size = 0;
    bool good = EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr,
                                   raw(key.bytes().reveal()), raw(sealed, kHeaderSize)) == 1;
    good = good && EVP_EncryptUpdate(cipher.get(), nullptr, &size, raw(sealed, 0),
                                     static_cast<int>(kHeaderSize)) == 1;
    good = good && EVP_EncryptUpdate(cipher.get(), nullptr, &size, raw(context),
                                     static_cast<int>(context.size())) == 1;
    good = good && EVP_EncryptUpdate(cipher.get(), raw(sealed, kBodyBegin), &size, raw(text),
                                     static_cast<int>(text.size())) == 1;
    unsigned char* tag = raw(sealed, kBodyBegin + text.size());
    good = good && EVP_EncryptFinal_ex(cipher.get(), tag, &size) == 1;
    good = good && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG,
                                       static_cast<int>(kTagSize), tag) == 1;
    MILLRACE_CHECK(good);
    return sealed;
}

Result<std::string> unseal(std::string_view sealed, std::string_view context, const SealKey& key) {
    if (sealed.size() < kBodyBegin + kTagSize || !sealed.starts_with(kMagic)) {
        return Status(Code::kCorrupt, "this is nothing that was sealed");
    }
    const std::string_view id = sealed.substr(kMagic.size(), kKeyIdSize);
    if (id != key.id()) {
        return config_error("sealed with the key " + hex(id) + ", but the configured one is " +
                            hex(key.id()) +
                            ": all processes of a cluster must be given the same key");
    }
    const std::string_view body = sealed.substr(kBodyBegin, sealed.size() - kBodyBegin - kTagSize);
    std::string tag(sealed.substr(sealed.size() - kTagSize));
    std::string text(body.size() + 1, '\0');  // so that an empty one has an address too
    const Cipher cipher = make_cipher();
    int size = 0;
    bool good = EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr,
                                   raw(key.bytes().reveal()), raw(sealed) + kHeaderSize) == 1;
    good = good && EVP_DecryptUpdate(cipher.get(), nullptr, &size, raw(sealed),
                                     static_cast<int>(kHeaderSize)) == 1;
    good = good && EVP_DecryptUpdate(cipher.get(), nullptr, &size, raw(context),
                                     static_cast<int>(context.size())) == 1;
    good = good && EVP_DecryptUpdate(cipher.get(), raw(text, 0), &size, raw(body),
                                     static_cast<int>(body.size())) == 1;
    good = good && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG,
                                       static_cast<int>(kTagSize), tag.data()) == 1;
    MILLRACE_CHECK(good);
    if (EVP_DecryptFinal_ex(cipher.get(), raw(text, body.size()), &size) != 1) {
        return Status(Code::kCorrupt, "what was sealed has changed, or belongs to something else");
    }
    text.resize(body.size());
    return text;
}

}  // namespace millrace
