#include "engine/run/alert_text.h"

namespace motcua::run {
namespace {

using core::ClockKind;

// What each clock asks to be done, for the officer who reads it.
std::string_view clock_in_vietnamese(ClockKind kind) {
  switch (kind) {
    case ClockKind::intake_alert:
      return "Hồ sơ trực tuyến mới, chờ tiếp nhận";
    case ClockKind::acceptance:
      return "Tiếp nhận, từ chối hoặc yêu cầu bổ sung hồ sơ";
    case ClockKind::appraisal:
      return "Thông báo bổ sung hồ sơ khi thẩm định";
    case ClockKind::settlement:
      return "Giải quyết hồ sơ";
    case ClockKind::citizen_wait:
      return "Hồ sơ chờ công dân bổ sung";
    case ClockKind::forward:
      return "Chuyển hồ sơ giấy đến cơ quan giải quyết";
    case ClockKind::step:
      return "Bước xử lý trong quy trình nội bộ";
    case ClockKind::consultation:
      return "Trả lời lấy ý kiến";
    case ClockKind::apology:
      return "Gửi văn bản xin lỗi và hẹn lại ngày trả kết quả";
    case ClockKind::explanation:
      return "Giải trình hồ sơ quá hạn";
  }
  return {};
}

}  // namespace

NoticeText write_alert(const Messages& messages, const Definitions& definitions, const store::Alert& alert,
                       const core::Dossier& dossier, const core::Officer& to) {
  const core::Procedure* procedure =
      definitions.procedure_version(dossier.procedure, dossier.procedure_version);
  const core::Agency* owing = definitions.agency(alert.owing);
  MessageValues values;
  values.words = {{"code", dossier.code.text},
                  {"procedure", procedure == nullptr ? dossier.procedure.text : procedure->name},
                  {"agency", owing == nullptr ? alert.owing.text : owing->name},
                  {"position", to.position},
                  {"clock", std::string(clock_in_vietnamese(alert.clock))},
                  {"due_at", alert.due_at ? deadline_in_vietnamese(*alert.due_at) : ""},
                  {"rung_at", in_vietnamese(alert.rung_at)}};
  if (alert.severity == core::Severity::breach) values.flags.push_back("late");
  if (alert.escalated_from) values.flags.push_back("escalated");
  return {fill_template(messages.alert.subject, values), fill_template(messages.alert.text, values)};
}

}  // namespace motcua::run
