#include <nlohmann/json.hpp>

#include "engine/run/procedure_loader.h"
#include "tests/run/loading.h"

namespace motcua::run {
namespace {

using core::Channel;
using core::Code;

// Two variants, of which one is offered online, and a fee in each way that there is.
const std::string kGoodFees = R"({
  "format": 1, "code": "1.000001", "name": "Thủ tục thử", "level": ["commune"],
  "domain": {"name": "Hộ tịch"}, "decision": "1/QĐ", "valid_from": "2020-01-01",
  "essential_service": true,
  "variants": [{"key": "default", "name": "A"}, {"key": "nhanh", "name": "B"}],
  "limits": [
    {"channel": "direct", "variant": "default", "statutory": {"value": 5, "unit": "working_day"}},
    {"channel": "direct", "variant": "nhanh", "statutory": {"value": 9, "unit": "calendar_day"}},
    {"channel": "online", "variant": "nhanh", "statutory": {"value": 9, "unit": "calendar_day"}}],
  "papers": [{"key": "to_khai", "name": "Tờ khai", "required": true, "copies": 1, "forms": ["original"],
              "variants": ["nhanh"]}],
  "fees": [
    {"key": "phi", "name": "Phí", "kind": "fee", "amount_vnd": 4},
    {"key": "phi", "name": "Phí", "kind": "fee", "amount_vnd": 3, "variant": "nhanh"},
    {"key": "phi", "name": "Phí", "kind": "fee", "amount_vnd": 2, "channel": "online"},
    {"key": "phi", "name": "Phí", "kind": "fee", "amount_vnd": 1, "variant": "nhanh", "channel": "online"},
    {"key": "le_phi", "name": "Lệ phí", "kind": "charge", "amount_vnd": 0}],
  "payment": {"when": "after_acceptance", "effect": "suspend", "ground": "nghia_vu", "basis": "Điều 1",
    "waivers": [{"ground": "a", "name": "A", "basis": "Điều 2"}, {"ground": "PHI_02", "name": "B", "basis": "Điều 2"}],
    "refundable": true},
  "suspensions": [{"ground": "xac_minh", "name": "Xác minh", "basis": "Điều 3", "times": 1}],
  "facts": [],
  "steps": [
    {"key": "handle", "name": "X", "kind": "handle", "role": "handling_officer", "agency": "competent"},
    {"key": "return", "name": "Z", "kind": "return", "role": "counter_officer", "agency": "receiving"}],
  "results": []
})";

TEST(FeeLoader, ReadsEveryMember) {
  std::vector<LoadFault> faults;
  const auto read = load_procedure(kGoodFees, "a.json", faults);
  test::expect_none(faults);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->essential_service);
  EXPECT_EQ(read->papers[0].variants, std::vector{Code("nhanh")});
  ASSERT_EQ(read->fees.size(), 5u);
  EXPECT_EQ(read->fees[3].variant, Code("nhanh"));
  EXPECT_EQ(read->fees[3].channel, Channel::online);
  EXPECT_EQ(read->fees[3].amount_vnd, 1);
  EXPECT_EQ(read->fees[4].kind, core::FeeKind::charge);
  ASSERT_TRUE(read->payment);
  EXPECT_EQ(read->payment->when, core::PaymentTime::after_acceptance);
  EXPECT_EQ(read->payment->effect, core::PaymentEffect::suspend);
  ASSERT_TRUE(read->payment->ground);
  EXPECT_EQ(read->payment->ground->ground, Code("nghia_vu"));
  ASSERT_EQ(read->payment->waivers.size(), 2u);
  EXPECT_EQ(read->payment->waivers[1].ground, Code("PHI_02"))
      << "grounds are spelled alike, whatever they are for";
  EXPECT_EQ(read->suspensions.at(0).ground, Code("xac_minh"));
  EXPECT_TRUE(read->payment->refundable);
}

TEST(FeeLoader, FindsEveryFault) {
  test::expect_faults(kGoodFees,
                      {{"/essential_service", "", {}},
                       {"/payment", "", {}},
                       {"/fees", "[]", {"/fees"}},
                       {"/fees/0/colour", "1", {"/fees/0/colour"}},
                       {"/fees/0/kind", "\"tax\"", {"/fees/0/kind"}},
                       {"/fees/0/kind", "\"charge\"", {"/fees/1/kind", "/fees/2/kind", "/fees/3/kind"}},
                       {"/fees/0/amount_vnd", "-1", {"/fees/0/amount_vnd"}},
                       {"/fees/0/amount_vnd", "", {"/fees/0/amount_vnd"}},
                       {"/fees/1/variant", "\"cham\"", {"/fees/1/variant", "/fees/2"}},
                       {"/fees/2/channel", "\"post\"", {"/fees/2/channel", "/fees/2"}},
                       {"/fees/3/key", "\"khac\"", {"/fees/2"}},
                       {"/fees/1/variant", "", {"/fees/1"}},
                       {"/papers/0/variants/0", "\"cham\"", {"/papers/0/variants/0"}},
                       {"/payment/when", "\"before_acceptance\"", {"/payment/effect"}},
                       {"/payment/effect", "\"none\"", {"/payment/basis", "/payment/ground"}},
                       {"/payment/ground", "", {"/payment/ground"}},
                       {"/payment/basis", "", {"/payment/basis"}},
                       {"/payment/refundable", "", {"/payment/refundable"}},
                       {"/payment/waivers/1/ground", "\"a\"", {"/payment/waivers/1/ground"}},
                       {"/payment/waivers/1/ground", "\"Phi\"", {"/payment/waivers/1/ground"}},
                       {"/payment/waivers/1/name", "", {"/payment/waivers/1/name"}},
                       {"/payment/colour", "1", {"/payment/colour"}}},
                      load_procedure);
}

}  // namespace
}  // namespace motcua::run
