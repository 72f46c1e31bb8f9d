#include "common/store/redis/redis_tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cerrno>

namespace millrace {
namespace {

struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

// The reason that OpenSSL gives, in words.
std::string openssl_reason() {
    const unsigned long error = ERR_get_error();
    ERR_clear_error();
    const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
    return reason ? reason : "the connection was closed";
}

bool is_address(const std::string& host) {
    unsigned char bytes[sizeof(in6_addr)];
    return inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
           inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

bool expect(SSL* session, const std::string& host) {
    if (is_address(host)) {
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1;
    }
    return SSL_set1_host(session, host.c_str()) == 1 &&
           SSL_set_tlsext_host_name(session, host.c_str()) == 1;
}

Status read_files(SSL_CTX& context, const RedisTls& tls) {
    const auto failed = [](const std::string& file) {
        return config_error(file + " cannot be used for TLS: " + openssl_reason());
    };
    const char* believed = tls.ca_file.c_str();
    const int known = tls.ca_file.empty()
                          ? SSL_CTX_set_default_verify_paths(&context)
                          : SSL_CTX_load_verify_locations(&context, believed, nullptr);
    if (known != 1) return failed(tls.ca_file);
    if (tls.cert_file.empty()) return {};
    if (SSL_CTX_use_certificate_chain_file(&context, tls.cert_file.c_str()) != 1) {
        return failed(tls.cert_file);
    }
    if (SSL_CTX_use_PrivateKey_file(&context, tls.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        return failed(tls.key_file);
    }
    return {};
}

}  // namespace

void RedisTlsSession::FreeSsl::operator()(ssl_st* session) const {
    SSL_free(session);
}

Result<std::unique_ptr<RedisTlsSession>> RedisTlsSession::begin(int socket, const std::string& host,
                                                                const RedisTls& tls) {
    ERR_clear_error();
    const std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_client_method()));
    if (!context) return fatal_error("no TLS: " + openssl_reason());
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    MILLRACE_TRY(read_files(*context, tls));
    std::unique_ptr<RedisTlsSession> made(new RedisTlsSession(SSL_new(context.get())));
    SSL* session = made->session_.get();
    if (!session || SSL_set_fd(session, socket) != 1 || !expect(session, host)) {
        return fatal_error("no TLS: " + openssl_reason());
    }
    if (SSL_connect(session) == 1) return made;
    const long verdict = SSL_get_verify_result(session);
    if (verdict != X509_V_OK) {
        ERR_clear_error();
        return config_error("the server's certificate is not accepted: " +
                            std::string(X509_verify_cert_error_string(verdict)));
    }
    return Status(Code::kUnreachable, "TLS does not begin: " + openssl_reason());
}

Status RedisTlsSession::failure(int result) const {
    const bool late = SSL_get_error(session_.get(), result) == SSL_ERROR_WANT_READ ||
                      SSL_get_error(session_.get(), result) == SSL_ERROR_WANT_WRITE;
    const std::string reason = openssl_reason();
    return Status(Code::kUnknownOutcome, late ? "no answer in time" : reason);
}

Status RedisTlsSession::write(std::string_view bytes) {
    ERR_clear_error();
    size_t written = 0;
    // Without partial writes all is written, or it has failed.
    const int result = SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &written);
    return result == 1 ? Status() : failure(result);
}

Result<size_t> RedisTlsSession::read(std::span<char> buffer) {
    ERR_clear_error();
    size_t count = 0;
    const int result = SSL_read_ex(session_.get(), buffer.data(), buffer.size(), &count);
    if (result != 1) return failure(result);
    return count;
}

}  // namespace millrace
