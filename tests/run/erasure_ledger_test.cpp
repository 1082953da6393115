#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/run/erasures.h"
#include "tests/run/temp_folder.h"

namespace motcua::run {
namespace {

class Ledgers : public testing::Test {
 protected:
  std::string text() const {
    std::ifstream in(file_, std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  }
  void write(const std::string& text) const { std::ofstream(file_, std::ios::binary) << text; }

  TempFolder folder_;
  const std::filesystem::path file_ = folder_ / "erasures";
  ErasureLedger::Entry entry_{*core::parse_uuid("01920000-0000-7000-8000-000000000001"),
                              core::Instant{1'790'000'000'000}, core::ErasureGround::retention_over};
};

TEST_F(Ledgers, LeaveOutALineThatWasCutWhereverThatWas) {
  ErasureLedger(file_).add(std::span(&entry_, 1));
  const std::string one = text();
  for (std::size_t size = 0; size < one.size(); ++size) {
    write(one.substr(0, size));
    const ErasureLedger cut(file_);
    EXPECT_TRUE(cut.entries().empty()) << size;
    EXPECT_EQ(cut.left_out(), size);
  }
  write(one);
  EXPECT_EQ(ErasureLedger(file_).entries().size(), 1U);
  EXPECT_EQ(ErasureLedger(file_).left_out(), 0U);
}

TEST_F(Ledgers, RefuseAnEndThatIsNoLineThatWasCut) {
  ErasureLedger(file_).add(std::span(&entry_, 1));
  const std::string one = text();
  std::string other = one.substr(0, one.size() - 1);
  other.back() = other.back() == '0' ? '1' : '0';
  for (const std::string& strange : {std::string("hello"), other, one.substr(0, 40) + 'x'}) {
    write(strange);
    EXPECT_THROW(ErasureLedger{file_}, LedgerError) << strange;
    EXPECT_EQ(ErasureLedger(file_, ErasureLedger::StrangeEnd::left_out).left_out(), strange.size());
    write(one + strange);
    EXPECT_THROW(ErasureLedger{file_}, LedgerError) << strange;
  }
}

}  // namespace
}  // namespace motcua::run
