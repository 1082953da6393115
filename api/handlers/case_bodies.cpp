#include <array>
#include <utility>

#include "api/handlers/command_rows.h"

namespace motcua::api {
namespace {

using enum Presence;
constexpr std::size_t kFeesMax = 100;
constexpr std::int64_t kAmountMax = 1'000'000'000'000;

core::CommandBody request_payment(JsonObject& body, const core::Procedure*, CommandInput& input) {
  core::RequestPayment command;
  if (auto items = body.array("items", optional, kFeesMax)) {
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (const auto key = items->code(i)) command.items.push_back(*key);
    }
    if (items->size() == 0) {
      body.fault("items", "out_of_range",
                 "Expected at least one fee, or no items for all, but there is none");
    }
  }
  add_text(body, "note", core::TextRecord::note, optional, input);
  return command;
}

template <class Command>
core::CommandBody confirm(JsonObject& body, const core::Procedure*, CommandInput&) {
  Command command;
  command.reference = body.code("reference", required).value_or(core::Code());
  command.amount_vnd = body.integer("amount_vnd", required, 1, kAmountMax).value_or(0);
  return command;
}

core::CommandBody waive_payment(JsonObject& body, const core::Procedure*, CommandInput& input) {
  core::WaivePayment command;
  command.ground = body.code("ground", required).value_or(core::Code());
  add_text(body, "reason", core::TextRecord::reason, required, input);
  return command;
}

core::CommandBody announce_result(JsonObject&, const core::Procedure*, CommandInput&) {
  return core::AnnounceResult{};
}

core::CommandBody replace_result(JsonObject& body, const core::Procedure*, CommandInput& input) {
  core::ReplaceResult command;
  command.result = body.code("result", required).value_or(core::Code());
  command.outcome = body.word<core::Outcome>("outcome", optional);
  command.form = body.word<core::ResultForm>("result_form", required).value_or(core::ResultForm::electronic);
  command.kind = body.code("result_kind", optional).value_or(core::Code());
  add_text(body, "reason", core::TextRecord::reason, required, input);
  return command;
}

core::CommandBody annul_result(JsonObject& body, const core::Procedure*, CommandInput& input) {
  core::AnnulResult command;
  command.result = body.code("result", required).value_or(core::Code());
  add_text(body, "reason", core::TextRecord::reason, required, input);
  return command;
}

// Here occurred_at is that of the event which is corrected; the correction itself happens now.
core::CommandBody correct(JsonObject& body, const core::Procedure*, CommandInput& input) {
  core::CorrectDossier command;
  command.version = static_cast<std::uint32_t>(body.integer("version", required, 1, UINT32_MAX).value_or(0));
  command.occurred_at = std::exchange(input.command.occurred_at, std::nullopt);
  add_text(body, "reason", core::TextRecord::reason, required, input);
  return command;
}

constexpr std::array<CommandRow, 8> kCaseRows = {{
    {"request-payment", request_payment},
    {"confirm-payment", confirm<core::ConfirmPayment>},
    {"waive-payment", waive_payment},
    {"confirm-refund", confirm<core::ConfirmRefund>},
    {"announce-result", announce_result},
    {"replace-result", replace_result},
    {"annul-result", annul_result},
    {"correct", correct},
}};

}  // namespace

std::span<const CommandRow> case_rows() { return kCaseRows; }

}  // namespace motcua::api
