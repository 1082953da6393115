#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/time.h"
#include "engine/core/value.h"

namespace motcua::store {

struct Outcome;
enum class Verdict;

// The life of a monthly list. Stored as numbers.
enum class PublicationState : std::uint8_t {
  drafting,    // being counted
  draft,       // to be reviewed
  reviewed,    // may be published
  publishing,  // its events are being replayed
  published,   // never changes again
  discarded
};

struct Publication {
  std::int64_t key = 0;
  core::Uuid id;
  std::string month;  // "2026-10"
  core::Code scope;   // an agency, with all below it
  int number = 1;     // of the documents for this month and scope
  PublicationState state = PublicationState::drafting;
  core::Instant state_at;
  core::Instant made_at;
  core::Code made_by;  // the API key, "system" for the schedule
  core::Code drafted_by;
  core::Code reviewed_by;
  core::Code published_by;  // officers; empty where the schedule did it
  core::Instant published_at;
  std::optional<core::Uuid> corrects;
  std::string corrected_code;  // the row that was wrong; empty: the whole
  std::string reason;          // a word
  std::string trouble;  // why the last work on it came to nothing: a word, and a month where it names one
  std::int64_t cutoff_position = 0;
  core::Instant cutoff_recorded_at;
  std::string head;       // canonical JSON of its core::LateHead; empty until it is drafted
  std::string sha256;     // of the whole document, in hexadecimal
  std::string signature;  // Ed25519 over the document, base64; empty until it is published
  std::string public_key;
};

struct PublicationQuery {
  core::Code scope;   // empty: any
  std::string month;  // empty: any
  std::optional<PublicationState> state;
  std::int64_t before_key = std::numeric_limits<std::int64_t>::max();
  int limit = 50;
};

struct PublicationPart {
  core::Code agency;
  std::string body;  // canonical JSON of its core::LateAgency
};
struct PublicationFile {
  std::string name;
  std::string content_type;
  std::string body;
};

// Each write demands the state that it was decided on; another is a version_conflict, and nothing is written.
struct AddPublication {
  Publication publication;  // without a key
};
struct SetPublication {
  Publication publication;
  PublicationState from = PublicationState::drafting;
};
// Of a list that is being worked on.
struct PutPart {
  std::int64_t publication = 0;
  int part = 0;
  PublicationPart body;
};
struct PutFile {
  std::int64_t publication = 0;
  PublicationFile file;
};
struct ClearPublication {  // its files go, and its parts where said, as the work begins anew
  std::int64_t publication = 0;
  bool parts = true;
};
using PublicationWrite = std::variant<AddPublication, SetPublication, PutPart, PutFile, ClearPublication>;

// The lists of a store. Any thread; lives as long as the store. Reads see every write acknowledged before.
class Publications {
 public:
  virtual ~Publications() = default;
  virtual std::optional<Publication> find(const core::Uuid& id) = 0;
  virtual std::vector<Publication> page(const PublicationQuery& query) = 0;  // newest first
  // Of the next document for a month ("2026-10") and scope: behind all that are known, and behind those that
  // were published and lost, where the database was restored since.
  virtual int next_number(const std::string& month, const core::Code& scope) = 0;
  // The sections' agencies, in order.
  virtual std::vector<core::Code> parts(std::int64_t publication) = 0;
  virtual std::optional<PublicationPart> part(std::int64_t publication, int part) = 0;
  virtual std::vector<std::string> files(std::int64_t publication) = 0;
  virtual std::optional<PublicationFile> file(std::int64_t publication, const std::string& name) = 0;
  // One transaction, on the writer's thread. key_taken: the outcome's key was answered before.
  virtual Verdict write(std::span<const PublicationWrite> writes, const Outcome* outcome) = 0;
};

}  // namespace motcua::store

namespace motcua::core {

template <>
struct EnumWords<store::PublicationState> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"drafting",   "draft",     "reviewed",
                                               "publishing", "published", "discarded"};
};

}  // namespace motcua::core
