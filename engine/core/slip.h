#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/core/event.h"

namespace motcua::core {

// The printed forms of a dossier (mẫu phiếu), by name and never by number: the numbers of the circulars
// shifted (LAW section 3).
enum class SlipForm {
  receipt,     // Giấy tiếp nhận hồ sơ và hẹn trả kết quả
  supplement,  // Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ
  refusal,     // Phiếu từ chối tiếp nhận giải quyết hồ sơ
  apology,     // Phiếu xin lỗi và hẹn lại ngày trả kết quả
  stop,        // Thông báo dừng giải quyết hồ sơ
  control,     // Phiếu kiểm soát quá trình giải quyết hồ sơ
  book         // Sổ theo dõi hồ sơ: of an agency, not of a dossier
};
inline constexpr int kSlipForms = 7;
template <>
struct EnumWords<SlipForm> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"RECEIPT", "SUPPLEMENT", "REFUSAL", "APOLOGY",
                                               "STOP",    "CONTROL",    "BOOK"};
};

// What an event issues; `after` is the dossier as it left it. A function of the history alone, so that a slip
// can be written again at any later time.
struct SlipsIssued {
  std::optional<SlipForm> form;
  bool control = false;  // the control slip has a new line, and is issued anew
};
SlipsIssued slips_of(const Event& event, const Dossier& after);

// The number of a slip: that of its dossier, and its place among the dossier's slips of that form, from 1:
// "H32.101-260810-0001-BS2". Needs no counter. Before a code is issued, the dossier's id stands for it.
std::string slip_number(SlipForm form, const Dossier& after, int ordinal);

}  // namespace motcua::core
