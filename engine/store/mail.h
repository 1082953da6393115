#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/time.h"
#include "engine/core/value.h"

namespace motcua::store {

// What a letter is about, and so of what it is written when it is sent: rows hold ids only.
enum class LetterKind {
  notice,  // to the owner: `source` is the event, `dossier` and `version` are its own
  alert    // to the officer `recipient`: `source` is the alert; version 0
};

enum class LetterState { waiting, sent, dead };

// How one attempt to send a letter ended.
enum class LetterOutcome {
  accepted,     // by the mail server
  deferred,     // for now (4xx)
  refused,      // for good (5xx)
  unreachable,  // the server was not there, or cannot be used as it is set up
  no_recipient  // nobody to send it to: no address, or the record is gone
};

struct Letter {
  std::int64_t key = 0;  // in the order in which they were queued
  LetterKind kind = LetterKind::notice;
  core::Uuid source;
  core::Uuid dossier;  // nil: about none
  std::uint32_t version = 0;
  core::Code recipient;  // an officer; empty: the owner of the dossier
  LetterState state = LetterState::waiting;
  int attempts = 0;
  core::Instant queued_at;
  core::Instant next_at;  // of a waiting one: not before
};

struct LetterAttempt {
  core::Instant at;
  LetterOutcome outcome = LetterOutcome::accepted;
  int reply = 0;  // of the server; 0: none
};

// An attempt with what it leaves of its letter.
struct LetterTried {
  std::int64_t letter = 0;
  LetterAttempt attempt;
  LetterState state = LetterState::waiting;
  core::Instant next_at;
};

// A letter with its ledger.
struct LetterHistory {
  Letter letter;
  std::vector<LetterAttempt> attempts;
};

}  // namespace motcua::store

namespace motcua::core {

template <>
struct EnumWords<store::LetterState> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"waiting", "sent", "dead"};
};
template <>
struct EnumWords<store::LetterOutcome> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"accepted", "deferred", "refused", "unreachable",
                                               "no_recipient"};
};

}  // namespace motcua::core
