#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "engine/run/seal_check.h"
#include "engine/run/seal_epochs.h"
#include "engine/run/sealer.h"
#include "engine/store/event_codec.h"
#include "tests/conformance/database.h"
#include "tests/conformance/histories.h"

namespace motcua::test {
namespace {

constexpr int kEvents = 120;

// A journal that was sealed, and what its insider may do to it.
class Sealed {
 public:
  explicit Sealed(Database& database) : database_(database), keyring_(master()) {
    {
      const auto store = database_.open();
      fill(*store, histories_, kEvents);
    }
    seal();
    last_ = database_.open()->reader()->journal_end();
    run_sql(beside() + "CREATE TABLE aside.kept AS SELECT * FROM event");
  }

  // All that there is.
  void seal() {
    const auto store = database_.open();
    const auto end = static_cast<std::uint64_t>(store->reader()->journal_end());
    run::Sealer sealer(*store, clock_, keyring_, options(), [](const std::string& cause) {
      // Where the first seal was cut off, or there was none.
      EXPECT_TRUE(cause.starts_with("no event of this journal")) << cause;
    });
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    const auto sealed = [&] { return sealer.last() && sealer.last()->size == end; };
    while (!sealed() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    EXPECT_TRUE(sealed());
  }

  run::SealCheck check() {
    const auto store = database_.open();
    return run::check_seals(*store, folder_.file("seals"), key());
  }
  // What check() should name: "event 17".
  bool finds(std::int64_t place) {
    const run::SealCheck found = check();
    const std::string name = "event " + std::to_string(place);
    const bool named = found.fault.starts_with(name + ' ') || found.fault.starts_with(name + ':');
    EXPECT_TRUE(named) << "wanted " << name << ", found: " << found.fault;
    return named && found.sealed == place - 1;
  }

  void run_sql(const std::string& sql) { database_.damage(sql); }
  void put_right() { run_sql(beside() + "DELETE FROM event; INSERT INTO event SELECT * FROM aside.kept"); }
  // A database of its own: in ours it would be a table that no version makes.
  std::string beside() const { return "ATTACH '" + folder_.file("kept.db") + "' AS aside; "; }

  // Changes an event from a place on and gives it the hash that belongs to the change: one that no other of
  // its dossier follows up to `until`.
  std::int64_t forge(std::int64_t from, std::int64_t until) {
    const auto store = database_.open();
    store::StoredEvent last;
    while (last.position < from) {
      const Story& story = histories_.stories[histories_.random(histories_.stories.size())];
      const auto history = store->reader()->counting().history(story.key, until);
      if (!history.empty()) last = history.back();
    }
    last.event.occurred_at.ms += 60'000;
    const store::Hash forged = store::hash_event(last.prev_hash, last.event, store::encode_body(last.event));
    std::string digits;
    for (const std::uint8_t byte : forged) {
      digits += "0123456789abcdef"[byte >> 4];
      digits += "0123456789abcdef"[byte & 15];
    }
    run_sql("UPDATE event SET occurred_at = occurred_at + 60000, hash = x'" + digits +
            "' WHERE position = " + std::to_string(last.position));
    return last.position;
  }

  run::SealerOptions options() const {
    run::SealerOptions made;
    made.folder = folder_.file("seals");
    made.events = 50;
    return made;
  }
  std::string file(const std::string& name) {
    return folder_.file("seals/" + name + '-' + std::to_string(database_.open()->epoch()));
  }
  std::int64_t any_place() {
    return 1 + static_cast<std::int64_t>(histories_.random(static_cast<std::uint64_t>(last_)));
  }
  run::Ed25519Public key() const { return run::ed25519_public(keyring_.signature_seed()); }

  Database& database_;
  Folder folder_;
  run::Keyring keyring_;
  run::VirtualClock clock_{core::Instant{1'790'000'000'000}};
  Histories histories_{81};
  std::int64_t last_ = 0;

 private:
  static std::span<const std::uint8_t, run::Keyring::kKeySize> master() {
    static const std::array<std::uint8_t, run::Keyring::kKeySize> kMaster{7, 7, 7};
    return kMaster;
  }
};

// One at a time: a bit flipped, an event rewritten with its hash, dropped, two swapped, the end cut off.
TEST_P(Conformance, FindsWhateverWasDoneToASealedEventAndSaysWhere) {
  Sealed sealed(*database_);
  ASSERT_EQ(sealed.check().fault, "");
  EXPECT_EQ(sealed.check().sealed, sealed.last_);
  EXPECT_GE(sealed.check().heads, 2U);
  const char* const columns[] = {"occurred_at", "recorded_at", "version", "body"};
  for (int n = 0; n < (short_run() ? 60 : 1'000) && !HasFailure(); ++n) {
    const std::int64_t place = sealed.any_place();
    const std::string at = std::to_string(place);
    std::int64_t wrong = place;
    switch (n % 5) {
      case 0: {
        const std::string column = columns[sealed.histories_.random(4)];
        const std::string change = column == "body" ? "CAST(body || ' ' AS BLOB)" : column + " + 1";
        sealed.run_sql("UPDATE event SET " + column + " = " + change + " WHERE position = " + at);
        break;
      }
      case 1:
        wrong = sealed.forge(1, sealed.last_);
        break;
      case 2:
        sealed.run_sql("DELETE FROM event WHERE position = " + at);
        break;
      case 3: {
        std::int64_t other = sealed.any_place();
        while (other == place) other = sealed.any_place();
        wrong = std::min(place, other);
        const std::string with = std::to_string(other);
        sealed.run_sql("UPDATE event SET position = -1 WHERE position = " + at +
                       "; UPDATE event SET position = " + at + " WHERE position = " + with +
                       "; UPDATE event SET position = " + with + " WHERE position = -1");
        break;
      }
      case 4:
        sealed.run_sql("DELETE FROM event WHERE position >= " + at);
        break;
    }
    EXPECT_TRUE(sealed.finds(wrong)) << n;
    sealed.put_right();
  }
  EXPECT_EQ(sealed.check().fault, "");
}

TEST_P(Conformance, FindsAnEventThatWasPutBeforeTheFirst) {
  Sealed sealed(*database_);
  sealed.run_sql(sealed.beside() + "CREATE TABLE aside.one AS SELECT * FROM event WHERE position = " +
                 std::to_string(sealed.last_) +
                 "; UPDATE aside.one SET position = -4, version = version + 1, event_id = randomblob(16)"
                 "; INSERT INTO event SELECT * FROM aside.one");
  EXPECT_NE(sealed.check().fault, "");
}

// Until the next seal nobody outside can tell: it is what the window means.
TEST_P(Conformance, TellsHowManyEventsAreNotSealedYetAndNothingOfThem) {
  Sealed sealed(*database_);
  {
    const auto store = database_->open();
    fill(*store, sealed.histories_, 40);
  }
  const std::int64_t end = database_->open()->reader()->journal_end();
  run::SealCheck check = sealed.check();
  EXPECT_EQ(check.fault, "");
  EXPECT_EQ(check.unsealed, end - sealed.last_);
  sealed.forge(sealed.last_ + 1, end);
  EXPECT_NE(sealed.check().fault, "") << "the dossier is not what its events say";
  EXPECT_EQ(database_->open()->rebuild(), 1);
  check = sealed.check();
  EXPECT_EQ(check.fault, "") << "an event that was rewritten before it was sealed shows nothing";
  EXPECT_EQ(check.unsealed, end - sealed.last_);
}

// Cut off and sealed again by the service itself: what was taken away of the seals shows.
TEST_P(Conformance, TellsWhenHeadsWereTakenAway) {
  Sealed sealed(*database_);
  const auto serve = [&] {
    const auto store = database_->open();
    run::Sealer sealer(*store, sealed.clock_, sealed.keyring_, sealed.options(), [](const std::string&) {});
  };
  const std::string heads = sealed.file("heads");
  std::string whole;
  {
    std::ifstream in(heads, std::ios::binary);
    whole.assign(std::istreambuf_iterator<char>(in), {});
  }
  const std::size_t last_line = whole.rfind('\n', whole.size() - 2) + 1;
  std::ofstream(heads, std::ios::binary) << whole.substr(0, last_line);
  EXPECT_EQ(sealed.check().fault, "");  // as after a cut: the entries are those of the journal
  sealed.forge(sealed.last_ - 5, sealed.last_);
  EXPECT_NE(sealed.check().fault, "");
  EXPECT_THROW(serve(), run::SealError);
  EXPECT_NE(sealed.check().fault, "") << "what was found is there still";
  sealed.put_right();
  EXPECT_NO_THROW(serve());
}

// Two services over one folder would spoil the seals of both.
TEST_P(Conformance, SealsIntoAFolderForItselfAlone) {
  Sealed sealed(*database_);
  const auto store = database_->open();
  const run::SealLog first(sealed.folder_.file("seals"), store->epoch(), sealed.key());
  EXPECT_THROW(run::SealLog(sealed.folder_.file("seals"), store->epoch(), sealed.key()), run::SealError);
}

TEST_P(Conformance, ServesNoJournalThatIsShorterThanWhatWasSealed) {
  Sealed sealed(*database_);
  const auto serve = [&] {
    const auto store = database_->open();
    run::Sealer sealer(*store, sealed.clock_, sealed.keyring_, sealed.options(), [](const std::string&) {});
  };
  EXPECT_NO_THROW(serve());
  sealed.run_sql("DELETE FROM event WHERE position = " + std::to_string(sealed.last_));
  EXPECT_THROW(serve(), run::SealError);
  sealed.put_right();
  EXPECT_NO_THROW(serve());
  EXPECT_EQ(sealed.check().fault, "");
}

// Whoever holds the files but not the key cannot make them say something else.
TEST_P(Conformance, BelievesNoSealThatWasChanged) {
  Sealed sealed(*database_);
  for (const char* name : {"heads", "entries"}) {
    const std::string file = sealed.file(name);
    std::string whole;
    {
      std::ifstream in(file, std::ios::binary);
      whole.assign(std::istreambuf_iterator<char>(in), {});
    }
    for (int n = 0; n < 60; ++n) {
      std::string changed = whole;
      const std::size_t at = sealed.histories_.random(whole.size());
      changed[at] = static_cast<char>(changed[at] ^ (1 << sealed.histories_.random(7)));
      std::ofstream(file, std::ios::binary) << changed;
      EXPECT_NE(sealed.check().fault, "") << name << " byte " << at;
    }
    std::ofstream(file, std::ios::binary) << whole;
    EXPECT_EQ(sealed.check().fault, "");
  }
}

// Whoever cuts the journal and gives the database another epoch is found by the seals of the old one,
// whatever he writes about a restore.
TEST_P(Conformance, FindsAJournalThatWasCutAndGivenAnotherEpoch) {
  Sealed sealed(*database_);
  const std::string epoch = std::to_string(database_->open()->epoch());
  const auto start = [&] {
    const auto store = database_->open();
    run::Sealer sealer(*store, sealed.clock_, sealed.keyring_, sealed.options(), [](const std::string&) {});
  };
  sealed.run_sql("DELETE FROM event WHERE position > " + std::to_string(sealed.last_ - 3));
  sealed.run_sql("UPDATE meta SET value = 777 WHERE name = 'epoch'");
  EXPECT_NE(sealed.check().fault.find("epoch " + epoch + " sealed "), std::string::npos)
      << sealed.check().fault;
  EXPECT_THROW(start(), run::SealError);
  EXPECT_FALSE(std::filesystem::exists(sealed.folder_.file("seals/restored-777")));
  // As a restore signs it.
  run::note_restore(sealed.folder_.file("seals"), 777, sealed.keyring_);
  EXPECT_NO_THROW(start());
  // The note of one epoch is none of another.
  std::filesystem::rename(sealed.folder_.file("seals/restored-777"),
                          sealed.folder_.file("seals/restored-779"));
  sealed.run_sql("UPDATE meta SET value = 779 WHERE name = 'epoch'");
  EXPECT_THROW(start(), run::SealError);
  sealed.put_right();
  sealed.run_sql("UPDATE meta SET value = " + epoch + " WHERE name = 'epoch'");
  EXPECT_NO_THROW(start());
}

TEST_P(Conformance, FindsADossierThatIsKeptOtherwiseThanItsEventsSay) {
  Sealed sealed(*database_);
  const std::string key = std::to_string(sealed.histories_.stories[0].key);
  const std::string other = std::to_string(sealed.histories_.stories[1].key);
  sealed.run_sql("UPDATE dossier SET snapshot = (SELECT snapshot FROM dossier WHERE key = " + other +
                 ") WHERE key = " + key);
  EXPECT_NE(sealed.check().fault.find("kept otherwise than its events say"), std::string::npos)
      << sealed.check().fault;
  const store::Rebuilt looked = database_->open()->rebuild(store::RebuildMode::look_only);
  ASSERT_EQ(looked.first.size(), 1U);
  EXPECT_EQ(looked.first[0].tables, std::vector<std::string>{"dossier"});
  EXPECT_EQ(database_->open()->rebuild(), 1) << "looking changes nothing";
  EXPECT_EQ(sealed.check().fault, "");
}

// A cut in the middle of a write: what no whole head speaks of is taken away, and sealed again.
TEST_P(Conformance, GoesOnAfterASealThatWasCutOff) {
  Sealed sealed(*database_);
  for (const char* name : {"heads", "entries"}) {
    std::ofstream(sealed.file(name), std::ios::binary | std::ios::app) << "123\t45";
    {
      const auto store = database_->open();
      fill(*store, sealed.histories_, 10);
    }
    sealed.seal();
    const run::SealCheck check = sealed.check();
    EXPECT_EQ(check.fault, "");
    EXPECT_EQ(check.unsealed, 0);
    EXPECT_EQ(check.sealed, database_->open()->reader()->journal_end());
  }
}

}  // namespace
}  // namespace motcua::test
