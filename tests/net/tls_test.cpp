// What TLS adds, asked by programs of others: openssl s_client and curl.
#include "api/net/tls.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/net/served.h"
#include "tests/support/certificates.h"

namespace motcua::net::testing {
namespace {

using motcua::testing::Authority;
using motcua::testing::fingerprint_of;
using motcua::testing::KeyPair;
using motcua::testing::output_of;
using std::chrono::milliseconds;

class Tls : public ::testing::Test {
 protected:
  ~Tls() override { std::filesystem::remove_all(folder_); }

  static std::filesystem::path make_folder() {
    std::string folder = (std::filesystem::temp_directory_path() / "motcua-tls-XXXXXX").string();
    return ::mkdtemp(folder.data());
  }
  ServerOptions options(const std::filesystem::path& client_ca = {}) const {
    ServerOptions made;
    made.secure = Endpoint{"127.0.0.1", 0};
    made.tls = load_tls({server_.certificate, server_.key, client_ca});
    return made;
  }
  static std::string address(Served& served) {
    return "127.0.0.1:" + std::to_string(served.server().secure_port());
  }
  // What openssl tells of a handshake; `more` are its options.
  static std::string handshake(Served& served, const std::string& more) {
    return output_of("openssl s_client -connect " + address(served) + " " + more);
  }
  std::string curl(Served& served, const std::string& more, const std::string& path = "/about") const {
    return output_of("curl -sS -i --max-time 10 --cacert '" + ca_.certificate().string() + "' " + more +
                     " https://localhost:" + std::to_string(served.server().secure_port()) + path);
  }

  const std::filesystem::path folder_ = make_folder();
  const Authority ca_{folder_, "ca"};
  const KeyPair server_ = ca_.issue("server");
};

bool has(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

TEST_F(Tls, ServesCurlAndSaysThatTheHostIsToBeCalledSo) {
  Served served(options());
  const std::string said = curl(served, "");
  EXPECT_TRUE(has(said, "HTTP/1.1 200")) << said;
  EXPECT_TRUE(has(said, "Strict-Transport-Security: max-age=31536000\r\n")) << said;
  EXPECT_TRUE(has(said, "GET /about ")) << said;
  EXPECT_TRUE(served.last().secure);
  auto plain = RawClient(served.server().port());
  plain.send("GET /about HTTP/1.1\r\nHost: test\r\n\r\n");
  const Answer answer = plain.receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Strict-Transport-Security"), "");
  EXPECT_FALSE(served.last().secure);
}

struct Offer {
  const char* name;
  const char* options;
  const char* agreed;  // a part of what openssl then says; null: no handshake comes about
};
class TlsOffer : public Tls, public ::testing::WithParamInterface<Offer> {};

TEST_P(TlsOffer, IsTakenOrNot) {
  Served served(options());
  const std::string said = handshake(served, GetParam().options);
  if (GetParam().agreed == nullptr) {
    EXPECT_TRUE(has(said, "Cipher is (NONE)")) << said;
    EXPECT_TRUE(served.eventually([](const ServerCounters& now) { return now.handshakes_failed == 1; }));
  } else {
    EXPECT_TRUE(has(said, GetParam().agreed)) << said;
  }
}

const Offer kOffers[] = {
    {"Tls13", "-tls1_3", "Cipher is TLS_AES_256_GCM_SHA384"},
    {"Tls12", "-tls1_2", "Cipher is ECDHE-ECDSA-AES256-GCM-SHA384"},
    {"Tls12ChaCha", "-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {"Tls11", "-tls1_1 -cipher ALL:@SECLEVEL=0", nullptr},
    {"Tls10", "-tls1 -cipher ALL:@SECLEVEL=0", nullptr},
    {"NotForwardSecret", "-tls1_2 -cipher AES256-GCM-SHA384", nullptr},
    {"BlocksChained", "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA", nullptr},
    {"Anonymous", "-tls1_2 -cipher aNULL:@SECLEVEL=0", nullptr},
    {"CurveX25519", "-groups X25519", "Server Temp Key: X25519"},
    {"CurveP256", "-groups P-256", "Server Temp Key: ECDH, prime256v1"},
    {"CurveOther", "-groups P-521", nullptr},
    {"AlpnHttp11", "-alpn h2,http/1.1", "ALPN protocol: http/1.1"},
    {"AlpnOther", "-alpn h2", nullptr},
    {"NoCompression", "-tls1_2 -comp", "Compression: NONE"},
};
INSTANTIATE_TEST_SUITE_P(Tls, TlsOffer, ::testing::ValuesIn(kOffers),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_F(Tls, ResumesNothing) {
  Served served(options());
  for (const char* version : {"-tls1_2", "-tls1_3"}) {
    const std::string said = handshake(served, std::string(version) + " -reconnect");
    EXPECT_TRUE(has(said, "New, TLSv1.")) << said;
    EXPECT_FALSE(has(said, "Reused, TLSv1.")) << said;
    EXPECT_FALSE(has(said, "TLS session ticket:")) << said;
  }
}

TEST_F(Tls, DoesNotNegotiateAgain) {
  Served served(options());
  const std::string said =
      output_of("printf 'R\\n' | timeout 10 openssl s_client -tls1_2 -connect " + address(served));
  EXPECT_TRUE(has(said, "RENEGOTIATING")) << said;
  EXPECT_TRUE(has(said, "no renegotiation")) << said;
}

TEST_F(Tls, ShowsARenewedCertificateToNewConnectionsAndOldOnesGoOn) {
  Served served(options());
  RawClient old(served.server().secure_port(), true);
  old.send("GET /about HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(old.receive().status, 200);
  EXPECT_TRUE(has(handshake(served, ""), "subject=CN = server\n"));
  const KeyPair renewed = ca_.issue("renewed");
  served.server().renew(load_tls({renewed.certificate, renewed.key, {}}));
  EXPECT_TRUE(has(handshake(served, ""), "subject=CN = renewed\n"));
  old.send("GET /about HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(old.receive().status, 200);
}

std::string fault_of(const TlsFiles& files) {
  try {
    load_tls(files);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

TEST_F(Tls, NamesTheFileThatCannotBeUsed) {
  const KeyPair other = ca_.issue("other");
  EXPECT_TRUE(has(fault_of({server_.certificate, other.key, {}}), "other.key: expected the certificate's"));
  const std::filesystem::path rsa = folder_ / "rsa.key";
  output_of("openssl genrsa -out '" + rsa.string() + "' 2048");
  EXPECT_TRUE(has(fault_of({server_.certificate, rsa, {}}), "rsa.key: expected the private key of"));
  EXPECT_TRUE(has(fault_of({folder_ / "none.pem", server_.key, {}}), "none.pem: expected a chain"));
  EXPECT_TRUE(
      has(fault_of({server_.certificate, folder_ / "none.key", {}}), "none.key: expected the certificate's"));
  EXPECT_TRUE(has(fault_of({server_.certificate, server_.key, server_.key}),
                  "server.key: expected the certificates"));
  std::filesystem::permissions(other.key, std::filesystem::perms(0640));
  EXPECT_EQ(fault_of({other.certificate, other.key, {}}), "");
  std::filesystem::permissions(other.key, std::filesystem::perms(0644));
  EXPECT_TRUE(
      has(fault_of({other.certificate, other.key, {}}), "other.key: expected a private key that only"));
  const std::filesystem::path locked = folder_ / "locked.key";
  output_of("openssl ec -aes128 -passout pass:secret -in '" + server_.key.string() + "' -out '" +
            locked.string() + "'");
  ASSERT_TRUE(std::filesystem::exists(locked));
  EXPECT_TRUE(has(fault_of({server_.certificate, locked, {}}), "without a passphrase"));
}

TEST_F(Tls, ClosesAClientThatDoesNotShakeHandsInTime) {
  ServerOptions hasty = options();
  hasty.handshake_timeout = milliseconds(50);
  Served served(hasty);
  RawClient silent(served.server().secure_port());
  EXPECT_TRUE(silent.at_end());
  RawClient slow(served.server().secure_port());
  slow.drip(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(500, '\0'));
  EXPECT_EQ(slow.rest().find("HTTP"), std::string::npos);
  EXPECT_TRUE(served.eventually([](const ServerCounters& now) { return now.handshakes_failed == 2; }));
}

TEST_F(Tls, IsNoPlaceForPlainHttp) {
  Served served(options());
  RawClient plain(served.server().secure_port());
  plain.send("GET /about HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(plain.rest().find("HTTP/1.1 200"), std::string::npos);
  EXPECT_TRUE(served.eventually([](const ServerCounters& now) { return now.handshakes_failed == 1; }));
}

TEST_F(Tls, ClosesWhatIsOverALimitWithoutAHandshake) {
  ServerOptions narrow = options();
  narrow.connections_each = 1;
  Served served(narrow);
  RawClient first(served.server().secure_port(), true);
  first.send("GET /about HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(first.receive().status, 200);
  RawClient second(served.server().secure_port());
  EXPECT_TRUE(second.at_end());
  EXPECT_EQ(served.server().counters().handshakes, 1u);
}

TEST_F(Tls, ClosesAnAddressThatComesAnewTooOften) {
  ServerOptions narrow = options();
  narrow.handshake_rate = Rate{1, 3};
  Served served(narrow);
  int shaken = 0;
  for (; shaken < 100; ++shaken) {
    RawClient client(served.server().secure_port(), true);
    client.send("GET /about HTTP/1.1\r\nHost: test\r\n\r\n");
    if (client.receive().status != 200) break;
  }
  EXPECT_GE(shaken, 3);
  EXPECT_LT(shaken, 100);
  RawClient plain(served.server().port());
  plain.send("GET /about HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(plain.receive().status, 200) << "without a handshake there is nothing to spare";
}

TEST_F(Tls, KnowsAClientByACertificateThatItsAuthorityVouchesFor) {
  Served served(options(ca_.certificate()));
  const auto with = [](const KeyPair& pair) {
    return "--cert '" + pair.certificate.string() + "' --key '" + pair.key.string() + "'";
  };
  const KeyPair counter = ca_.issue("counter");
  EXPECT_TRUE(has(curl(served, with(counter)), "HTTP/1.1 200"));
  EXPECT_EQ(served.last().client_certificate, fingerprint_of(counter.certificate));
  EXPECT_TRUE(has(curl(served, ""), "HTTP/1.1 200")) << "nobody is forced to show one";
  EXPECT_EQ(served.last().client_certificate, "");
  const KeyPair stranger = Authority(folder_, "stranger-ca").issue("stranger");
  EXPECT_FALSE(has(curl(served, with(stranger)), "HTTP/1.1 200"));
}

// Everything that this binary promises of a server without TLS, but for the answer to one connection too
// many.
TEST(TlsTransport, KeepsThePromisesOfThePlainServer) {
  int status = -1;
  const std::string said = output_of("env -u GTEST_OUTPUT MOTCUA_NET_OVER=tls " +
                                         std::filesystem::read_symlink("/proc/self/exe").string() +
                                         " "
                                         "--gtest_filter='Server*:Limits.*:Streams.*-*OneConnectionTooMany*:*"
                                         "OfOneAddress*:*CountApart*:*NoLengthWithNoContent'",
                                     &status);
  EXPECT_EQ(status, 0) << said;
  EXPECT_TRUE(has(said, "[  PASSED  ]")) << said;
}

}  // namespace
}  // namespace motcua::net::testing
