#include "api/handlers/command_rows.h"
#include "api/json/limit_body.h"

namespace motcua::api {
namespace {

using enum Presence;

core::CommandBody reasoned(JsonObject& body, CommandInput& input, core::CommandBody command) {
  add_text(body, "reason", core::TextRecord::reason, required, input);
  return command;
}

constexpr CommandRow kTermRows[] = {
    {"suspend",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       core::SuspendDossier command;
       command.ground = body.code("ground", required).value_or(core::Code());
       command.until = body.instant("until", optional);
       return reasoned(body, input, std::move(command));
     }},
    {"resume",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       return noted(body, input, core::ResumeDossier{body.code("ground", optional).value_or(core::Code())});
     }},
    {"extend",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       core::ExtendTerm command;
       command.ground = body.code("ground", required).value_or(core::Code());
       command.by = read_limit(body, "by", optional);
       if (command.by && command.by->value == 0) {
         body.fault("by", "out_of_range", "Expected a length with a number, but it has none");
       }
       return reasoned(body, input, std::move(command));
     }},
    {"reappoint",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       core::ReappointDossier command;
       command.promised_at = body.instant("promised_at", required).value_or(core::Instant{});
       command.unit = body.code("unit", optional).value_or(core::Code());
       return reasoned(body, input, std::move(command));
     }},
    {"apologise",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       return reasoned(body, input, core::Apologise{});
     }},
    {"explain-lateness",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       return reasoned(body, input, core::ExplainLateness{});
     }},
    // Without words: they would be the first thing that nobody erases.
    {"erase",
     [](JsonObject& body, const core::Procedure*, CommandInput&) -> core::CommandBody {
       return core::EraseDossier{
           body.word<core::ErasureGround>("ground", required).value_or(core::ErasureGround::retention_over)};
     }},
    // The reason names the document that the ground demands.
    {"stop",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       return reasoned(body, input, core::StopDossier{body.code("ground", required).value_or(core::Code())});
     }},
    {"forward",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       return noted(body, input, core::ForwardDossier{});
     }},
    {"receive-forwarded",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       core::ReceiveForwarded command;
       command.officer = body.code("officer", optional).value_or(core::Code());
       return noted(body, input, std::move(command));
     }},
    {"recall-forwarded",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       return noted(body, input, core::RecallForwarded{});
     }},
    {"return-forwarded",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       add_text(body, "reason", core::TextRecord::reason, required, input);
       return core::ReturnForwarded{};
     }},
};

}  // namespace

std::span<const CommandRow> term_rows() { return kTermRows; }

}  // namespace motcua::api
