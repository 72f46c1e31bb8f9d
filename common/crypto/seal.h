// Authenticated encryption of what holds secrets and leaves the process: AES-256-GCM.
// Form: 'M' '1', 8 bytes of the key's id, 12 bytes nonce, ciphertext, 16 bytes tag.
#pragma once

#include <string>
#include <string_view>

#include "common/base/random.h"
#include "common/base/secret.h"
#include "common/base/status.h"

namespace millrace {

// 32 bytes. Immutable.
class SealKey {
  public:
    // 64 hex digits, or base64 of 32 bytes, with blanks around; kConfig otherwise, without the
    // text.
    static Result<SealKey> parse(const Secret& text);
    // First 8 bytes of the key's SHA-256: says which key sealed something.
    std::string id() const;
    const Secret& bytes() const { return bytes_; }

  private:
    explicit SealKey(Secret bytes) : bytes_(std::move(bytes)) {}
    Secret bytes_;
};

// `context` is authenticated with the text, and must be the same when it is opened.
std::string seal(std::string_view text, std::string_view context, const SealKey& key,
                 Random& random);
// kConfig: another key. kCorrupt: changed, cut off, or another context.
Result<std::string> unseal(std::string_view sealed, std::string_view context, const SealKey& key);

}  // namespace millrace
