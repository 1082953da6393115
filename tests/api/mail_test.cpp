#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "tests/support/mail_server.h"
#include "tests/support/officer_mail.h"
#include "tests/support/paths.h"
#include "tests/support/service.h"

// The citizen's notices as letters, by a real mail server.
namespace motcua::testing {
namespace {

using nlohmann::json;

// Asks until it holds, for half a minute.
template <class Holds>
bool comes_true(Holds holds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < until) {
    if (holds()) return true;
    ::poll(nullptr, 0, 20);
  }
  return holds();
}

class Mail : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!MailServer::is_installed()) GTEST_SKIP() << "python3-aiosmtpd is not installed";
    server_.emplace(idle_seconds_);
    serve(true);
  }
  void serve(bool enabled, std::uint16_t port = 0) {
    ServiceOptions options;
    options.sandbox = "2026-08-10T08:00:00+07:00";
    options.keys = {{"province", "", true}};
    options.configure = [&](json& config) {
      config["mail"]["enabled"] = enabled;
      config["mail"]["port"] = port == 0 ? server_->port() : port;
      config["mail"]["ca_file"] = server_->certificate();
      config["mail"]["from"] = "motcua@nhatrang.example.vn";
      config["mail"]["from_name"] = "Một cửa phường Nha Trang";
      if (!officer_.empty()) give_mail(config, officer_, "quay01@nhatrang.example.vn");
    };
    if (!full_while_.empty()) {
      options.binary = cut_binary();
      options.environment = {"MOTCUA_CUT_SEED=3", "MOTCUA_CUT_FULL_WHILE=" + full_while_};
    }
    service_.emplace(options);
    client_.emplace(service_->port(), service_->token());
  }
  void restart(bool enabled) {
    json config = json::parse(file_of(service_->config_file()));
    config["mail"]["enabled"] = enabled;
    std::ofstream(service_->config_file()) << config.dump(2);
    service_->restart();
    client_.emplace(service_->port(), service_->token());
  }
  static std::string file_of(const std::filesystem::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::string filed(const std::string& email, const std::string& name = "Nguyễn Thị Ánh Tuyết") {
    json owner{{"kind", "citizen"}, {"name", name}};
    if (!email.empty()) owner["email"] = email;
    const HttpAnswer answer = client_->post("/v1/dossiers", {{"procedure", "1.004194"},
                                                             {"channel", "online"},
                                                             {"receiving_agency", "H32.101"},
                                                             {"owner", owner}});
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json().value("id", "none");
  }
  void command(const std::string& id, const std::string& word, const json& body) {
    const HttpAnswer answer = client_->post("/v1/dossiers/" + id + '/' + word, body);
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  // What became of the letter of the first notice of a dossier.
  json mail_of(const std::string& id) {
    const json page = client_->get("/v1/dossiers/" + id + "/notices").json();
    return page["items"][0]["mail"];
  }
  // Letters that the mail server took, as far as the service knows.
  int accepted() {
    const std::string name = "\nmotcua_mail_attempts_total{outcome=\"accepted\"} ";
    const std::string metrics = client_->get("/metrics").body;
    const std::size_t at = metrics.find(name);
    return at == std::string::npos ? -1 : std::stoi(metrics.substr(at + name.size()));
  }
  bool state_comes(const std::string& id, const std::string& state) {
    return comes_true([&] {
      const json mail = mail_of(id);
      return mail.is_object() && mail["state"] == state;
    });
  }

  std::string officer_;     // who has an address; empty: nobody
  std::string full_while_;  // there is no room on the disk while a file of this name exists; empty: there is
  int idle_seconds_ = 300;
  std::optional<MailServer> server_;
  std::optional<RunningService> service_;
  std::optional<HttpClient> client_;
};

TEST_F(Mail, BringsTheNoticesOfADossierToTheOwnersAddressOverStarttls) {
  const std::string id = filed("tuyet@example.vn");
  command(id, "accept", json::object());
  command(id, "request-supplement", {{"missing", {"to_khai"}}, {"reason", "Thiếu chữ ký ở mục 7"}});
  ASSERT_TRUE(comes_true([&] { return server_->letters().size() >= 3; })) << service_->log();
  const auto letters = server_->letters();
  const json notices = client_->get("/v1/dossiers/" + id + "/notices?" + std::string(kUnmasked)).json();
  ASSERT_EQ(notices["items"].size(), 3U);
  std::set<std::string> ids;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const json& letter = letters[i];
    const json& notice = notices["items"][i];
    EXPECT_EQ(letter["subject"], notice["subject"]);
    EXPECT_EQ(letter["text"], notice["text"]);
    EXPECT_EQ(letter["message_id"],
              "<" + notice["event"].get<std::string>() + ".notice@nhatrang.example.vn>");
    EXPECT_EQ(letter["secured"], true);
    EXPECT_EQ(letter["sender"], "motcua@nhatrang.example.vn");
    EXPECT_EQ(letter["recipients"], json({"tuyet@example.vn"}));
    EXPECT_EQ(letter["from"], "Một cửa phường Nha Trang <motcua@nhatrang.example.vn>");
    EXPECT_EQ(letter["to_name"], "Nguyễn Thị Ánh Tuyết");
    EXPECT_EQ(letter["auto"], "auto-generated");
    EXPECT_EQ(letter["type"], "text/plain utf-8");
    EXPECT_EQ(letter["date"], "2026-08-10T08:00:00+07:00");
    EXPECT_LE(letter["longest_line"].get<int>(), 78);
    EXPECT_TRUE(letter["defects"].empty()) << letter["defects"];
    ids.insert(letter["message_id"].get<std::string>());
  }
  EXPECT_EQ(ids.size(), 3U);
  EXPECT_TRUE(letters[1]["subject"].get<std::string>().starts_with("Đã tiếp nhận hồ sơ H32.101-"));
  EXPECT_NE(letters[2]["text"].get<std::string>().find("Thiếu chữ ký ở mục 7"), std::string::npos);
  ASSERT_TRUE(state_comes(id, "sent"));
  EXPECT_EQ(mail_of(id)["attempts"][0]["outcome"], "accepted");
  EXPECT_EQ(mail_of(id)["attempts"][0]["reply"], 250);
  EXPECT_TRUE(mail_of(id)["next_attempt_at"].is_null());
}

TEST_F(Mail, IsSentOnlyToAddressesThatAreOne) {
  const std::string without = filed("");
  const std::string odd = filed("tuyet@example.vn,b@example.vn");
  const std::string right = filed("tuyet@example.vn", "Anh");
  ASSERT_TRUE(state_comes(right, "sent")) << service_->log();
  EXPECT_TRUE(mail_of(without).is_null());
  EXPECT_TRUE(mail_of(odd).is_null());
  EXPECT_EQ(server_->letters().size(), 1U);
}

TEST_F(Mail, RefusedForGoodIsDeadAtOnceAndForNowIsTriedAgain) {
  server_->answer("550 no such user");
  const std::string gone = filed("gone@example.vn");
  ASSERT_TRUE(state_comes(gone, "dead")) << service_->log();
  EXPECT_EQ(mail_of(gone)["attempts"].size(), 1U);
  EXPECT_EQ(mail_of(gone)["attempts"][0]["outcome"], "refused");
  EXPECT_EQ(mail_of(gone)["attempts"][0]["reply"], 550);

  server_->answer("451 come again later");
  const std::string slow = filed("slow@example.vn");
  ASSERT_TRUE(comes_true([&] { return mail_of(slow).is_object() && mail_of(slow)["attempts"].size() == 1; }));
  EXPECT_EQ(mail_of(slow)["state"], "waiting");
  EXPECT_EQ(mail_of(slow)["attempts"][0]["outcome"], "deferred");
  EXPECT_EQ(mail_of(slow)["attempts"][0]["reply"], 451);
  EXPECT_TRUE(mail_of(slow)["next_attempt_at"].is_string());
  server_->answer("");
  ASSERT_TRUE(service_->advance(60));
  ASSERT_TRUE(state_comes(slow, "sent")) << service_->log();
  EXPECT_EQ(mail_of(slow)["attempts"].size(), 2U);
  ASSERT_EQ(server_->letters().size(), 1U);
  EXPECT_EQ(server_->letters()[0]["recipients"], json({"slow@example.vn"}));
  EXPECT_EQ(server_->refusals(), 2U);
}

// A sender that the server does not take is a fault of the settings, not of any letter.
TEST_F(Mail, OfASenderThatIsRefusedWaitsUntilTheServerTakesIt) {
  server_->answer_senders("550 5.7.1 not an address of yours");
  const std::string id = filed("tuyet@example.vn");
  ASSERT_TRUE(comes_true([&] { return mail_of(id).is_object() && !mail_of(id)["attempts"].empty(); }));
  EXPECT_EQ(mail_of(id)["state"], "waiting");
  EXPECT_EQ(mail_of(id)["attempts"][0]["outcome"], "unreachable");
  EXPECT_EQ(mail_of(id)["attempts"][0]["reply"], 550);
  EXPECT_EQ(client_->get("/readyz").json()["mail"], "unreachable");
  EXPECT_NE(service_->log().find("the sender was refused"), std::string::npos);
  server_->answer_senders("");
  ASSERT_TRUE(comes_true([&] {
    EXPECT_TRUE(service_->advance(60));
    return mail_of(id)["state"] == "sent";
  })) << service_->log();
}

TEST_F(Mail, PutOffAgainAndAgainIsTriedForFiveDays) {
  server_->answer("451 come again later");
  const std::string id = filed("tuyet@example.vn");
  for (std::size_t attempts = 1; attempts <= 20; ++attempts) {
    ASSERT_TRUE(comes_true([&] {
      return mail_of(id).is_object() && mail_of(id)["attempts"].size() == attempts;
    })) << attempts;
    ASSERT_EQ(mail_of(id)["state"], "waiting") << attempts;
    ASSERT_TRUE(service_->advance(5 * 3600));
  }
  ASSERT_TRUE(service_->advance(24 * 3600));  // the fifth day is over
  ASSERT_TRUE(state_comes(id, "dead"));
}

TEST_F(Mail, WaitsForAServerThatIsDownAndNeverHoldsUpCommands) {
  server_->stop();
  const std::string id = filed("tuyet@example.vn");
  ASSERT_TRUE(comes_true([&] { return mail_of(id).is_object() && !mail_of(id)["attempts"].empty(); }));
  EXPECT_EQ(mail_of(id)["attempts"][0]["outcome"], "unreachable");
  EXPECT_TRUE(mail_of(id)["attempts"][0]["reply"].is_null());
  EXPECT_EQ(client_->get("/readyz").json()["mail"], "unreachable");
  command(id, "accept", json::object());
  server_->start();
  // Each retry is due at a virtual instant, each rest of the mailer ends at a real one.
  ASSERT_TRUE(comes_true([&] {
    EXPECT_TRUE(service_->advance(60));
    return server_->letters().size() >= 2;
  })) << service_->log();
  ASSERT_TRUE(state_comes(id, "sent"));
  EXPECT_EQ(server_->letters().size(), 2U);
  EXPECT_EQ(client_->get("/readyz").json()["mail"], "ready");
  EXPECT_TRUE(comes_true([&] { return accepted() == 2; })) << "the second may still wait for its reply";
}

// A server that takes the connection and says nothing.
class SilentServer {
 public:
  SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_, any, size), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    EXPECT_EQ(::getsockname(socket_, any, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~SilentServer() { ::close(socket_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  std::uint16_t port() const { return port_; }
  bool is_called() const {
    pollfd waiting{socket_, POLLIN, 0};
    return ::poll(&waiting, 1, 30'000) == 1;
  }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

TEST_F(Mail, OfAServerThatNeverAnswersHoldsUpNeitherCommandsNorTheEnd) {
  const SilentServer silent;
  serve(true, silent.port());
  const std::string id = filed("tuyet@example.vn");
  ASSERT_TRUE(silent.is_called());
  const auto began = std::chrono::steady_clock::now();
  command(id, "accept", json::object());
  for (int i = 0; i < 20; ++i) filed("anh@example.vn");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  EXPECT_TRUE(mail_of(id)["attempts"].empty()) << "it still waits for an answer";
  EXPECT_EQ(service_->stop(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20)) << "of a minute for a letter";
}

TEST_F(Mail, IsSentAtLeastOnceAcrossAKillUnderOneMessageId) {
  server_->answer("451 come again later");
  const std::string id = filed("tuyet@example.vn");
  ASSERT_TRUE(comes_true([&] { return server_->refusals() >= 1; }));
  service_->kill9();
  server_->answer("");
  service_->restart();
  client_.emplace(service_->port(), service_->token());
  const std::string later = filed("anh@example.vn");
  ASSERT_TRUE(comes_true([&] {
    EXPECT_TRUE(service_->advance(60));
    return server_->letters().size() >= 2;
  })) << service_->log();
  ASSERT_TRUE(state_comes(id, "sent"));
  const std::string event = client_->get("/v1/dossiers/" + id + "/notices").json()["items"][0]["event"];
  std::set<std::string> to_first;
  for (const json& letter : server_->letters()) {
    if (letter["recipients"] == json({"tuyet@example.vn"})) to_first.insert(letter["message_id"]);
  }
  EXPECT_EQ(to_first, std::set<std::string>{"<" + event + ".notice@nhatrang.example.vn>"});
}

TEST_F(Mail, BeginsAtTheEndOfTheJournalWhenItIsSwitchedOn) {
  ASSERT_EQ(service_->stop(), 0);
  restart(false);
  const std::string before = filed("truoc@example.vn");
  ASSERT_EQ(service_->stop(), 0);
  restart(true);
  const std::string after = filed("sau@example.vn");
  ASSERT_TRUE(state_comes(after, "sent")) << service_->log();
  EXPECT_TRUE(mail_of(before).is_null());
  EXPECT_EQ(server_->letters().size(), 1U);
}

class IdleMail : public Mail {
 protected:
  IdleMail() { idle_seconds_ = 1; }
};

TEST_F(IdleMail, GoesOverANewConnectionWhereTheServerEndedTheOldOne) {
  const std::string first = filed("tuyet@example.vn");
  ASSERT_TRUE(state_comes(first, "sent")) << service_->log();
  ASSERT_TRUE(comes_true([&] { return server_->ended() == 1; }));
  const std::string second = filed("anh@example.vn");
  ASSERT_TRUE(
      comes_true([&] { return mail_of(second).is_object() && !mail_of(second)["attempts"].empty(); }));
  EXPECT_EQ(mail_of(second)["attempts"][0]["outcome"], "accepted");
  EXPECT_EQ(client_->get("/readyz").json()["mail"], "ready");
}

class FullDiskMail : public Mail {
 protected:
  void SetUp() override {
    full_while_ = std::filesystem::temp_directory_path() / ("motcua-full-" + std::to_string(::getpid()));
    std::filesystem::remove(full_while_);
    Mail::SetUp();
  }
  void TearDown() override { std::filesystem::remove(full_while_); }
};

// What was sent is written before anything more is sent: it would be due, and sent, for ever.
TEST_F(FullDiskMail, IsSentOnceThoughThatItWasCannotBeWritten) {
  server_->hold(true);
  std::vector<std::string> all{filed("mot@example.vn")};
  ASSERT_TRUE(comes_true([&] { return server_->letters().size() == 1; })) << service_->log();
  all.push_back(filed("hai@example.vn"));
  all.push_back(filed("ba@example.vn"));
  std::ofstream(full_while_).put('x');
  server_->hold(false);
  ASSERT_TRUE(comes_true([&] { return accepted() == 1; }));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client_->post("/v1/dossiers/" + all[1] + "/refuse", {{"reason", "x"}}).status, 503);
  }
  EXPECT_TRUE(mail_of(all[0])["attempts"].empty()) << "it was written: the test is none";
  EXPECT_EQ(server_->letters().size(), 1U);
  std::filesystem::remove(full_while_);
  for (const std::string& id : all) {
    ASSERT_TRUE(state_comes(id, "sent")) << service_->log();
    EXPECT_EQ(mail_of(id)["attempts"].size(), 1U);
  }
  EXPECT_EQ(server_->letters().size(), 3U);
  EXPECT_EQ(accepted(), 3);
  EXPECT_EQ(service_->stop(), 0);
}

class AlertMail : public Mail {
 protected:
  void SetUp() override {
    officer_ = "H32.101.cb01";
    Mail::SetUp();
  }
};

TEST_F(AlertMail, WarnsTheOfficerAtTheAddressOfThePosition) {
  const std::string id = filed("");
  ASSERT_TRUE(comes_true([&] { return server_->letters().size() == 1; })) << service_->log();
  const json letter = server_->letters()[0];
  EXPECT_EQ(letter["recipients"], json::array({"quay01@nhatrang.example.vn"})) << letter;
  EXPECT_EQ(letter["subject"], "Hồ sơ trực tuyến mới, chờ tiếp nhận, hồ sơ H32.101-260810-0001");
  EXPECT_NE(letter["text"].get<std::string>().find("Thời hạn: 08:00 11/08/2026"), std::string::npos)
      << "of the acceptance: " << letter;
  // No name of the citizen, and what is due next follows by itself.
  EXPECT_EQ(letter.dump().find("Tuyết"), std::string::npos);
  ASSERT_TRUE(service_->set_clock("2026-08-10T14:00:00+07:00"));
  ASSERT_TRUE(comes_true([&] { return server_->letters().size() == 2; })) << service_->log();
  EXPECT_EQ(server_->letters()[1]["subject"],
            "Sắp đến hạn: Tiếp nhận, từ chối hoặc yêu cầu bổ sung hồ sơ, hồ sơ H32.101-260810-0001");
  EXPECT_EQ(client_->get("/v1/dossiers/" + id + "/notices").json()["items"][0]["mail"], nullptr);
  // What became of each letter stands with its alert.
  const json alert = client_->get("/v1/alerts?clock=acceptance").json()["items"][0];
  const auto letters = [&] {
    return client_->get("/v1/alerts/" + alert["id"].get<std::string>()).json()["letters"];
  };
  ASSERT_TRUE(comes_true([&] { return letters()[0]["state"] == "sent"; })) << letters();
  EXPECT_EQ(letters().size(), 1u);
  EXPECT_EQ(letters()[0]["officer"], "H32.101.cb01");
  EXPECT_EQ(letters()[0]["attempts"][0]["outcome"], "accepted");
}

}  // namespace
}  // namespace motcua::testing
