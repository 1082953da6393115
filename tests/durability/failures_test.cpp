#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <deque>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/durability/harness.h"
#include "tests/durability/load.h"
#include "tests/durability/record.h"
#include "tests/durability/verify.h"
#include "tests/support/cut_vfs.h"
#include "tests/support/paths.h"
#include "tests/support/receiver.h"

namespace motcua::testing {
namespace {

constexpr int kSubmissions = 8;

// A submission on a connection of its own, sent at once; its answer may be looked for without waiting.
class Sent {
 public:
  Sent(const RunningService& service, const Attempt& attempt)
      : Sent(service,
             "POST /v1/dossiers HTTP/1.1\r\nContent-Type: application/json\r\nIdempotency-Key: " +
                 attempt.key + "\r\nContent-Length: " + std::to_string(attempt.body.size()),
             attempt.body) {}
  // `head` without the headers of every request.
  Sent(const RunningService& service, const std::string& head, const std::string& body)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(service.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const std::string text = head + "\r\nHost: test\r\nConnection: close\r\nAuthorization: Bearer " +
                             service.token() + "\r\n\r\n" + body;
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
      ADD_FAILURE() << "cannot send to the service";
  }
  Sent(const Sent&) = delete;
  Sent& operator=(const Sent&) = delete;
  ~Sent() { ::close(socket_); }

  // A byte has come, or the end; now, or in some time.
  bool has_come(int within_ms = 0) const {
    pollfd readable{socket_, POLLIN, 0};
    return ::poll(&readable, 1, within_ms) == 1;
  }
  // All that comes until the end of the connection.
  std::string answer() const {
    std::string text;
    char bytes[4096];
    for (ssize_t count = 0; (count = ::recv(socket_, bytes, sizeof bytes, 0)) > 0;)
      text.append(bytes, static_cast<std::size_t>(count));
    return text;
  }

 private:
  int socket_;
};

// The service with one loop: what its writer hands to a connection comes before the answer to a later
// request.
class AtTheGate : public ::testing::Test {
 protected:
  AtTheGate() : set({{"MOTCUA_CUT_GATE", gate.path()}, {"MOTCUA_CUT_SEED", "5"}}), service(options()) {}

  static ServiceOptions options() {
    ServiceOptions options = small_service(cut_binary());
    options.configure = [small = options.configure](nlohmann::json& config) {
      small(config);
      config["threads"] = 1;
    };
    return options;
  }
  // Returns when a sync stands at the gate: the first of the submissions are in it, and the rest in the
  // queue.
  void send_all() {
    gate.close();
    for (int i = 0; i < kSubmissions; ++i) {
      attempts.push_back(submission("cho" + std::to_string(100 + i), i % 2 == 0));
      sent.emplace_back(service, attempts.back());
    }
    ASSERT_TRUE(gate.wait());
    // Connections are taken in order, and the loop has served this one: so it has read all before.
    HttpClient other = service.client();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(other.get("/healthz").status, 200);
  }
  void restart_and_verify() {
    Ledger ledger;
    ledger.attempts = attempts;
    Tally tally;
    check_record(service.database(), tally);
    service.restart();
    verify_over_http(service, ledger, tally);
    EXPECT_EQ(ledger.dossiers.size(), kSubmissions);
    EXPECT_TRUE(tally.faults.empty()) << tally.summary();
    EXPECT_EQ(rebuild_on_copy(service), 0);
  }

  Gate gate;
  const Environment set;
  RunningService service;
  std::vector<Attempt> attempts;
  std::deque<Sent> sent;
};

TEST_F(AtTheGate, NoAnswerLeavesBeforeItsSyncReturned) {
  send_all();
  for (const Sent& one : sent) EXPECT_FALSE(one.has_come());
  gate.open('g');
  for (const Sent& one : sent) EXPECT_TRUE(one.answer().starts_with("HTTP/1.1 201 "));
}

constexpr int kLongEnoughMs = 500;  // for an answer that waits for nothing

TEST_F(AtTheGate, NobodyIsShownWhatItsSyncHasNotReached) {
  HttpClient client = service.client();
  Attempt first = submission("truoc", true);
  send(client, first);  // the header of a new log has a sync of its own, with nothing to be seen yet
  send_all();
  const Sent list(service, "GET /v1/dossiers?limit=200 HTTP/1.1", "");
  EXPECT_FALSE(list.has_come(kLongEnoughMs));
  gate.open('g');
  for (const Sent& one : sent) EXPECT_TRUE(one.answer().starts_with("HTTP/1.1 201 "));
  EXPECT_TRUE(list.answer().starts_with("HTTP/1.1 200 "));
}

TEST_F(AtTheGate, NobodyIsShownWhatAFailedSyncLeftInDoubt) {
  HttpClient client = service.client();
  Attempt first = submission("truoc", true);
  send(client, first);
  send_all();
  const Sent list(service, "GET /v1/dossiers?limit=200 HTTP/1.1", "");
  EXPECT_FALSE(list.has_come(kLongEnoughMs));
  gate.open('f');
  const std::string answer = list.answer();  // none where the process ended before it read the request
  EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 503 ")) << answer;
  EXPECT_TRUE(answer.empty() || answer.find("\"code\":\"store_failed\"") != std::string::npos) << answer;
  EXPECT_EQ(service.wait(), 1);
}

TEST_F(AtTheGate, ACutInTheSyncLeavesEveryCallerWithoutAnAnswerAndOneDossierAfterTheRepeat) {
  send_all();
  gate.open('c');
  for (const Sent& one : sent) EXPECT_EQ(one.answer(), "");
  EXPECT_EQ(service.wait(), cut::kCutExit);
  restart_and_verify();
}

TEST_F(AtTheGate, AFailedSyncAnswersAllWhoWaitWith503AndEndsTheProcess) {
  send_all();
  gate.open('f');
  for (const Sent& one : sent) {
    const std::string answer = one.answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
    EXPECT_NE(answer.find("\"code\":\"store_failed\""), std::string::npos) << answer;
  }
  EXPECT_EQ(service.wait(), 1);
  EXPECT_NE(service.log().find("commit_failed"), std::string::npos) << service.log();
  restart_and_verify();
}

// One failing call of the disk under load, wherever it falls: in a commit, or in a checkpoint beside it.
class DiskError : public ::testing::TestWithParam<std::pair<const char*, int>> {};

TEST_P(DiskError, EndsTheProcessAndLosesNothingThatWasAcknowledged) {
  const auto& [variable, number] = GetParam();
  const Environment seed{{{"MOTCUA_CUT_SEED", std::to_string(number)}}};
  RunningService service(small_service(cut_binary()));
  Ledger ledger;
  Tally tally;
  EXPECT_EQ(service.stop(), 0);
  {
    const Environment fails{{{variable, std::to_string(number)}}};
    service.restart();
  }
  LoadPlan plan;
  plan.requests_max = 2'000;
  run_load(service, plan, ledger, tally);
  EXPECT_EQ(service.wait(), 1);
  EXPECT_NE(service.log().find("commit_failed"), std::string::npos) << service.log();
  check_record(service.database(), tally);
  service.restart();
  verify_over_http(service, ledger, tally);
  EXPECT_TRUE(tally.faults.empty()) << tally.summary();
}

INSTANTIATE_TEST_SUITE_P(AtACall, DiskError,
                         ::testing::Values(std::pair{"MOTCUA_CUT_FAIL_SYNC", 9},
                                           std::pair{"MOTCUA_CUT_FAIL_SYNC", 30},
                                           std::pair{"MOTCUA_CUT_FAIL_WRITE", 60},
                                           std::pair{"MOTCUA_CUT_FAIL_WRITE", 333}));

class FullDisk : public ::testing::Test {
 protected:
  FullDisk() : set_({{"MOTCUA_CUT_SEED", "3"}, {"MOTCUA_CUT_FULL_WHILE", full_.path()}}) {}

  Gate full_;  // for its name alone

 private:
  Environment set_;
};

TEST_F(FullDisk, AnswersStoreFullToWritesWhileReadsGoOnAndWritesGoOnWhenThereIsRoom) {
  RunningService service(small_service(cut_binary()));
  HttpClient client = service.client();
  Attempt first = submission("truoc", false);
  Attempt second = submission("sau", true);
  ASSERT_EQ(send(client, first).status, 201);
  std::ofstream(full_.path()).put('x');
  for (int i = 0; i < 3; ++i) {
    const HttpAnswer refused = send(client, second);
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.json()["code"], "store_full");
    EXPECT_NE(refused.header("retry-after"), "");
    EXPECT_EQ(client.get("/v1/dossiers/" + first.id).status, 200);
    EXPECT_EQ(client.get("/readyz").status, 200);
    EXPECT_EQ(client.get("/v1/due-soon?within_hours=400").json()["items"].size(), 1U);
  }
  // So small a write may fit into what the log had grown to before: not for ever.
  HttpAnswer moved = client.put("/v1/sandbox/clock", {{"advance_seconds", 60}});
  for (int i = 0; i < 300 && moved.status == 200; ++i) {
    moved = client.put("/v1/sandbox/clock", {{"advance_seconds", 1}});
  }
  EXPECT_EQ(moved.status, 503) << moved.body;
  std::filesystem::remove(full_.path());
  EXPECT_EQ(send(client, second).status, 201);
  EXPECT_EQ(client.put("/v1/sandbox/clock", {{"advance_seconds", 60}}).status, 200);
  Ledger ledger;
  Tally tally;
  for (const Attempt& attempt : {first, second}) {
    ledger.attempts.push_back(attempt);
    ledger.note(attempt.id, attempt.version, attempt.code);
  }
  verify_over_http(service, ledger, tally);
  EXPECT_EQ(ledger.dossiers.size(), 2U);
  EXPECT_EQ(service.stop(), 0);
  check_record(service.database(), tally);
  EXPECT_TRUE(tally.faults.empty()) << tally.summary();
}

TEST_F(FullDisk, UnderLoadNeverEndsTheProcessNorLosesWhatWasAcknowledged) {
  const Environment room{{{"MOTCUA_CUT_FULL_AFTER_BYTES", "2000000"}}};
  RunningService service(small_service(cut_binary()));
  Ledger ledger;
  Tally tally;
  LoadPlan plan;
  plan.requests_max = is_short_run() ? 60 : 150;
  run_load(service, plan, ledger, tally);
  EXPECT_GT(tally.effects, 10);
  EXPECT_GT(tally.unanswered, 10);
  EXPECT_EQ(service.stop(), 0);
  const Environment roomy{{{"MOTCUA_CUT_FULL_AFTER_BYTES", "100000000"}}};
  check_record(service.database(), tally);
  service.restart();
  verify_over_http(service, ledger, tally);
  EXPECT_TRUE(tally.faults.empty()) << tally.summary();
}

ServiceOptions with_webhooks(ServiceOptions options) {
  options.configure = [other = options.configure](nlohmann::json& config) {
    other(config);
    config["webhooks"]["allow_http"] = true;
    config["webhooks"]["allow_networks"] = {"127.0.0.0/8"};
    config["webhooks"]["attempt_timeout_ms"] = 400;
  };
  return options;
}

// What the courier did goes with the orders of others, so it is refused with them: it must not be lost.
TEST_F(FullDisk, LosesNoNoteOfADeliveryThatWasToBeWrittenBesideOrders) {
  Receiver receiver([](const Received&) {
    ReceiverSays says;
    says.never = true;
    return says;
  });
  RunningService service(with_webhooks(small_service(cut_binary())));
  HttpClient client = service.client();
  const HttpAnswer made = client.post("/v1/webhooks", {{"url", receiver.url()}});
  ASSERT_EQ(made.status, 201) << made.body;
  Attempt first = submission("truoc", false);
  Attempt second = submission("sau", false);
  ASSERT_EQ(send(client, first).status, 201);
  ASSERT_EQ(receiver.wait_for(1).size(), 1U);
  std::ofstream(full_.path()).put('x');
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (service.log().find("took no note") == std::string::npos &&
         std::chrono::steady_clock::now() < deadline) {
    EXPECT_EQ(send(client, second).status, 503);
  }
  EXPECT_NE(service.log().find("took no note"), std::string::npos) << service.log();
  receiver.answer({});
  std::filesystem::remove(full_.path());
  EXPECT_EQ(send(client, second).status, 201);
  const std::string path = "/v1/webhooks/" + made.json()["id"].get<std::string>();
  while (receiver.so_far().size() < 3 || client.get(path).json()["pending"] != 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline + std::chrono::seconds(20));
    EXPECT_EQ(client.put("/v1/sandbox/clock", {{"advance_seconds", 60}}).status, 200);
  }
  // The attempt that came to nothing while the disk was full stands in the ledger, too, and once.
  std::map<std::string, int> attempts;
  const nlohmann::json page = client.get(path + "/deliveries").json();
  for (const nlohmann::json& delivery : page["items"]) {
    EXPECT_EQ(delivery["state"], "delivered");
    attempts[delivery["dossier"]] = delivery["attempts"];
  }
  EXPECT_EQ(attempts, (std::map<std::string, int>{{first.id, 2}, {second.id, 1}}));
  EXPECT_EQ(service.stop(), 0);
}

}  // namespace
}  // namespace motcua::testing
