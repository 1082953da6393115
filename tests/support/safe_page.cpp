#include "tests/support/safe_page.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/certificates.h"

namespace motcua::testing {
namespace {

// As a browser computes it; openssl does, and not the code of the service.
std::string digest_of(const std::string& style, const std::filesystem::path& scratch) {
  std::ofstream(scratch, std::ios::binary) << style;
  std::string said = output_of("openssl dgst -sha256 -binary '" + scratch.string() + "' | openssl base64");
  while (!said.empty() && said.back() == '\n') said.pop_back();
  return said;
}

}  // namespace

void expect_safe_page(const HttpAnswer& page, const std::filesystem::path& folder) {
  ASSERT_EQ(page.status, 200) << page.body;
  const std::string policy = page.header("content-security-policy");
  EXPECT_EQ(policy.find("unsafe"), std::string::npos) << policy;
  for (const char* part :
       {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"})
    EXPECT_NE(policy.find(part), std::string::npos) << policy;
  EXPECT_EQ(page.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(page.header("referrer-policy"), "no-referrer");
  const std::size_t from = page.body.find("<style>") + 7;
  const std::string style = page.body.substr(from, page.body.find("</style>") - from);
  EXPECT_NE(policy.find("'sha256-" + digest_of(style, folder / "style.css") + "'"), std::string::npos)
      << policy;
  EXPECT_EQ(page.body.find("style=\""), std::string::npos) << "a style in an element would be passed over";
  EXPECT_EQ(page.body.find("<script"), std::string::npos);
}

}  // namespace motcua::testing
