#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "engine/core/time.h"
#include "tests/support/eventually.h"
#include "tests/support/paths.h"
#include "tests/support/service.h"

namespace motcua::testing {
namespace {

using nlohmann::json;

constexpr std::int64_t kHour = core::kHourMs;

// How far the wall clock of a program is off; the program follows at once (tests/preload).
class WallOffset {
 public:
  WallOffset() {
    std::string name = (std::filesystem::temp_directory_path() / "motcua-wall-XXXXXX").string();
    file_ = ::mkstemp(name.data());
    path_ = name;
    set(0);
  }
  WallOffset(const WallOffset&) = delete;
  WallOffset& operator=(const WallOffset&) = delete;
  ~WallOffset() {
    ::close(file_);
    ::unlink(path_.c_str());
  }

  void set(std::int64_t ms) const {
    if (::pwrite(file_, &ms, sizeof ms, 0) != sizeof ms) ADD_FAILURE() << "cannot move the wall clock";
  }
  std::vector<std::string> environment() const {
    const char* asan = std::getenv("ASAN_OPTIONS");
    return {"LD_PRELOAD=" + wall_library(), "MOTCUA_TEST_WALL_OFFSET=" + path_.string(),
            std::string("ASAN_OPTIONS=verify_asan_link_order=0:") + (asan == nullptr ? "" : asan)};
  }

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

ServiceOptions by_the_wall_clock(const WallOffset& wall) {
  ServiceOptions options;
  options.sandbox.reset();
  options.environment = wall.environment();
  return options;
}

const json kFiled = {{"procedure", "1.013949"},
                     {"channel", "direct"},
                     {"receiving_agency", "H32.101"},
                     {"accept", true},
                     {"owner", {{"kind", "citizen"}, {"name", "Trần Thị Bưởi"}}}};

class WallClock : public ::testing::Test {
 protected:
  WallClock() : service_(by_the_wall_clock(wall_)), client_(service_.client()) {}

  // The writer may still be reading in when the service answers its first request.
  std::string writes() {
    std::string said;
    eventually([&] {
      said = client_.get("/readyz").json().value("writes", "");
      return said != "starting";
    });
    return said;
  }

  void expect_writes_stopped(const std::string& known) {
    EXPECT_EQ(writes(), "clock_unsound");
    const HttpAnswer refused = client_.post("/v1/dossiers", kFiled, "held-back");
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_EQ(refused.json().value("code", ""), "clock_unsound");
    EXPECT_NE(refused.header("retry-after"), "");
    EXPECT_EQ(client_
                  .post("/v1/dossiers/" + known + "/settle",
                        {{"outcome", "granted"}, {"result_form", "electronic"}})
                  .status,
              503);
    EXPECT_EQ(client_.get("/readyz").status, 200);
    EXPECT_EQ(client_.get("/v1/dossiers/" + known).json().value("state", ""), "accepted");
    EXPECT_EQ(client_.get("/v1/dossiers").json().at("items").size(), 1U);
    EXPECT_EQ(client_.get("/v1/late").status, 200);
  }

  void confirm() {
    const Ended told =
        run_motcua({"confirm-clock", "--config", service_.config_file().string()}, service_.directory());
    EXPECT_EQ(told.status, 0) << told.error;
    EXPECT_TRUE(eventually([&] { return writes() == "accepted"; })) << service_.log();
  }

  core::Instant recorded_at(const std::string& id) {
    const json events = client_.get("/v1/dossiers/" + id + "/events").json();
    const std::string at = events.at("items").back().at("data").at("recorded_at");
    return core::parse_instant(at).value();
  }
  std::string filed(const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.status == 201 ? answer.json().at("id").get<std::string>() : "none";
  }

  WallOffset wall_;
  RunningService service_;
  HttpClient client_;
};

TEST_F(WallClock, AheadStopsWritesAndNotReadsUntilAPersonConfirmsIt) {
  const std::string first = filed(client_.post("/v1/dossiers", kFiled));
  const core::Instant before = recorded_at(first);
  wall_.set(kHour);
  expect_writes_stopped(first);
  confirm();
  // The key that was turned away is free: nothing was kept of it.
  const std::string second = filed(client_.post("/v1/dossiers", kFiled, "held-back"));
  EXPECT_GE(recorded_at(second).ms, before.ms + kHour);
  EXPECT_EQ(client_.post("/v1/dossiers/" + first + "/withdraw", {{"reason", "Lý do"}}).status, 200);
  EXPECT_EQ(client_.get("/v1/dossiers").json().at("items").size(), 2U);
  EXPECT_EQ(service_.stop(), 0);
  EXPECT_NE(service_.log().find("clock_confirmed"), std::string::npos);
}

TEST_F(WallClock, BehindStopsWritesAndNeverTakesTimeBackOnceConfirmed) {
  const std::string first = filed(client_.post("/v1/dossiers", kFiled));
  const core::Instant before = recorded_at(first);
  wall_.set(-kHour);
  expect_writes_stopped(first);
  confirm();
  const std::string second = filed(client_.post("/v1/dossiers", kFiled, "held-back"));
  EXPECT_GE(recorded_at(second), before);
  EXPECT_LT(recorded_at(second).ms, before.ms + kHour);
  EXPECT_EQ(service_.stop(), 0);
}

TEST_F(WallClock, ThatAgreesAgainIsTrustedAgainByItself) {
  const std::string first = filed(client_.post("/v1/dossiers", kFiled));
  wall_.set(kHour);
  expect_writes_stopped(first);
  wall_.set(0);
  EXPECT_EQ(writes(), "accepted");
  const std::string second = filed(client_.post("/v1/dossiers", kFiled, "held-back"));
  EXPECT_LT(recorded_at(second).ms, recorded_at(first).ms + kHour);
  EXPECT_EQ(service_.stop(), 0);
}

TEST_F(WallClock, MayBeStepped) {
  filed(client_.post("/v1/dossiers", kFiled));
  wall_.set(1'500);  // as a time server does
  EXPECT_EQ(writes(), "accepted");
  filed(client_.post("/v1/dossiers", kFiled));
  EXPECT_EQ(service_.stop(), 0);
}

}  // namespace
}  // namespace motcua::testing
