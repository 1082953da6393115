#include "api/handlers/slip_response.h"

#include "api/json/dossier_json.h"
#include "api/json/masked.h"

namespace motcua::core {

template <>
struct EnumWords<api::SlipFormat> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"html", "pdf"};
};

}  // namespace motcua::core

namespace motcua::api {

SlipFormat slip_format(const Call& call, Parameters& parameters) {
  const auto given = parameters.text("format");
  if (!given) {
    const std::string_view accept = call.request.header("accept");
    const bool pdf = accept.find("application/pdf") != std::string_view::npos;
    const bool html = accept.find("text/html") != std::string_view::npos;
    return pdf && !html ? SlipFormat::pdf : SlipFormat::html;
  }
  const auto format = core::enum_of<SlipFormat>(*given);
  if (!format) parameters.fault("format", "bad_parameter", "Expected html or pdf, but it is neither");
  return format.value_or(SlipFormat::html);
}

void mask(run::SlipTyped& typed) {
  if (!typed.owner.empty()) typed.owner = masked_owner(typed.owner);
  if (!typed.filer.empty()) typed.filer = masked_owner(typed.filer);
  typed.content.clear();
  typed.reason.clear();
}

net::Response slip_response(const print::Sheet& sheet, SlipFormat format, const std::string& number) {
  net::Response response;
  const bool pdf = format == SlipFormat::pdf;
  response.content_type = pdf ? "application/pdf" : "text/html; charset=utf-8";
  response.body = pdf ? print::sheet_pdf(sheet) : print::sheet_html(sheet);
  response.headers.emplace_back("Content-Language", "vi");
  response.headers.emplace_back("Vary", "Accept");
  response.headers.emplace_back("Content-Disposition",
                                "inline; filename=\"" + number + (pdf ? ".pdf\"" : ".html\""));
  return response;
}

}  // namespace motcua::api
