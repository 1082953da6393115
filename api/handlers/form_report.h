#pragma once

#include "api/handlers/report_asking.h"

namespace motcua::api {

// Form II.06a as an answer and as a sheet; the quarterly summary has it too.
inline constexpr ReportName kFormName{
    "ii06a", "ii06a/1", "Biểu II.06a: Kết quả giải quyết thủ tục hành chính",
    "Thông tư 01/2020/TT-VPCP, biểu II.06a; Nghị định 09/2019/NĐ-CP, Điều 12"};

// The members fields and total.
void write_form(JsonWriter& json, const core::Ii06a& form);
print::Table form_table(const core::Ii06a& form);

}  // namespace motcua::api
