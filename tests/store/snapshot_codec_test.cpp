#include "engine/store/snapshot_codec.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/store/described_random.h"
#include "tests/store/golden.h"

namespace motcua {
namespace {

core::Dossier random_dossier(std::mt19937_64& random) {
  core::Dossier dossier;
  test::RandomFiller(random).fill(dossier);
  return dossier;
}

std::string encoded(const core::Dossier& dossier) {
  std::string bytes;
  store::encode_snapshot(dossier, bytes);
  return bytes;
}

TEST(SnapshotCodec, GivesBackEveryDossierWhateverTheTargetHeld) {
  std::mt19937_64 random(1);
  core::Dossier decoded;
  std::string bytes = "left from before";
  for (int i = 0; i < test::rounds(3000); ++i) {
    const core::Dossier dossier = random_dossier(random);
    store::encode_snapshot(dossier, bytes);
    ASSERT_TRUE(store::decode_snapshot(bytes, decoded));
    ASSERT_EQ(decoded, dossier) << test::told(decoded) << "\nis not\n" << test::told(dossier);
  }
}

TEST(SnapshotCodec, RefusesEveryTruncationAndEveryExtraByte) {
  std::mt19937_64 random(2);
  core::Dossier decoded;
  for (int i = 0; i < test::rounds(100); ++i) {
    const std::string bytes = encoded(random_dossier(random));
    for (std::size_t size = 0; size < bytes.size(); ++size)
      ASSERT_FALSE(store::decode_snapshot(std::string_view(bytes).substr(0, size), decoded)) << size;
    ASSERT_FALSE(store::decode_snapshot(bytes + '\0', decoded));
  }
}

TEST(SnapshotCodec, RefusesAnotherFormat) {
  std::string bytes = encoded({});
  bytes[0] = store::kSnapshotFormat + 1;
  core::Dossier decoded;
  EXPECT_FALSE(store::decode_snapshot(bytes, decoded));
}

// Whatever the bytes say, decoding ends, stays in bounds (the sanitizers watch) and, where it takes them,
// gives a dossier that is one: it can be written and read again.
TEST(SnapshotCodec, TakesAnyBytesWithoutHarm) {
  std::mt19937_64 random(3);
  core::Dossier decoded;
  core::Dossier again;
  int taken = 0;
  for (int i = 0; i < test::rounds(30'000); ++i) {
    std::string bytes = encoded(i % 8 == 0 ? random_dossier(random) : core::Dossier{});
    for (std::uint64_t n = 1 + random() % 4; n > 0; --n)
      bytes[1 + random() % (bytes.size() - 1)] = static_cast<char>(random());
    if (!store::decode_snapshot(bytes, decoded)) continue;
    ++taken;
    ASSERT_TRUE(store::decode_snapshot(encoded(decoded), again));
    ASSERT_EQ(again, decoded);
  }
  EXPECT_GT(taken, 0) << "nothing was taken: the damage is too coarse to try anything";
}

TEST(SnapshotCodec, IsNotFooledByAClaimedSize) {
  core::Dossier dossier;
  dossier.rounds.resize(1);
  const std::string bytes = encoded(dossier);
  core::Dossier decoded;
  for (std::size_t place = 1; place < bytes.size(); ++place) {
    std::string huge = bytes;
    huge.replace(place, 1, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");  // 2^64 - 1
    // Some places hold a number of 64 bits, and take it.
    const bool taken = store::decode_snapshot(huge, decoded);
    EXPECT_TRUE(!taken || decoded.rounds.size() == 1) << place;
  }
}

core::Dossier usual_dossier() {
  core::Dossier dossier;
  dossier.id = *core::parse_uuid("0190f3c2-7a10-7b3e-8f00-0123456789ab");
  dossier.version = 300;
  dossier.state = core::DossierState::processing;
  dossier.code = core::Code("H32.19-260821-0001");
  dossier.received_at = {1'787'302'800'000};
  dossier.accepted_at = core::Instant{-1};
  core::LegalClock clock;
  clock.kind = core::ClockKind::settlement;
  clock.course = core::LegalClock::Course::paused;
  clock.due.rolled_on = core::Date{20'686};
  clock.recorded_late = true;
  dossier.clocks = {clock};
  dossier.facts = {{core::Code("floors"), std::int64_t{-3}}, {core::Code("urgent"), true}};
  return dossier;
}

// Read by hand against described.h. Where it fails because Dossier has another shape, kSnapshotFormat must
// grow too, or older databases would be misread.
TEST(SnapshotCodec, KeepsItsBytes) {
  EXPECT_EQ(test::hex(encoded(usual_dossier())), test::golden("dossier_snapshot.hex"));
}

}  // namespace
}  // namespace motcua
