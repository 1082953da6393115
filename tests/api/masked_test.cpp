#include "api/json/masked.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace motcua {
namespace {

nlohmann::json masked(const nlohmann::json& owner) {
  return nlohmann::json::parse(api::masked_owner(owner.dump()));
}

TEST(Masked, OfANameTheFirstLetterOfEachWordIsShown) {
  EXPECT_EQ(masked({{"name", "Nguyễn Văn An"}})["name"], "N*** V*** A***");
  EXPECT_EQ(masked({{"name", "Ứng  Đặng "}})["name"], "Ứ***  Đ*** ");
  EXPECT_EQ(masked({{"name", "X"}})["name"], "X***");
  EXPECT_EQ(masked({{"name", ""}})["name"], "");
}

TEST(Masked, ALetterInPartsIsOfItsWord) {
  const std::string e_hat_tilde = "e\xCC\x82\xCC\x83";  // ễ, decomposed
  EXPECT_EQ(masked({{"name", "Nguy" + e_hat_tilde + "n"}})["name"], "N***");
  // The marks of a first letter are characters of their own, and hidden.
  EXPECT_EQ(masked({{"name", "A\xCC\x81nh"}})["name"], "A***");
}

TEST(Masked, OfANumberTheLastThreeCharactersAreShown) {
  EXPECT_EQ(masked({{"id_number", "056090000123"}})["id_number"], "*********123");
  EXPECT_EQ(masked({{"phone", "0912345"}})["phone"], "****345");
  EXPECT_EQ(masked({{"id_number", "123456"}})["id_number"], "******");
  EXPECT_EQ(masked({{"id_number", "GIẤY số Đặc"}})["id_number"], "********Đặc") << "characters, not bytes";
}

TEST(Masked, TheRestIsHiddenButForTheKindOfPaperAndWhetherAnAccountIsVerified) {
  const nlohmann::json owner = {{"name", "Trần Bình"},
                                {"id_kind", "cccd"},
                                {"email", "binh@example.vn"},
                                {"address", "12 Trần Phú"},
                                {"portal_account", {{"id", "dvcqg-778"}, {"verified", true}}}};
  EXPECT_EQ(masked(owner), nlohmann::json({{"name", "T*** B***"},
                                           {"id_kind", "cccd"},
                                           {"email", "***"},
                                           {"address", "***"},
                                           {"portal_account", {{"id", "***"}, {"verified", true}}}}));
}

TEST(Masked, WhatIsNoObjectIsNull) {
  for (const char* text : {"", "[]", "\"Nguyễn\"", "{\"name\":", "null"}) {
    EXPECT_EQ(api::masked_owner(text), "null") << text;
  }
}

}  // namespace
}  // namespace motcua
