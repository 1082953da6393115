#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "api/identity_config.h"
#include "api/log.h"
#include "api/token_cache.h"
#include "engine/run/clock.h"

namespace motcua::api {

// The keys of the identity provider, kept fresh, and the tokens that they signed. Keys are found by discovery
// (OpenID Connect Discovery 1.0): the document must say the very issuer of the settings, and where its keys
// are. They are fetched at the start, when they are older than `refresh`, and when a token names a key that
// is not known, but never more often than every five seconds, whoever asks. While the provider does not
// answer, or answers nonsense, the keys of before count on, up to `keep`. Any thread.
class Identity {
 public:
  // Fetches an address, and hands over the body of an answer of 200, or why there is none; at most once, on
  // a thread of its own.
  struct Fetched {
    std::string body;
    std::string failure;  // empty: there is a body
  };
  using Fetch = std::function<void(const std::string& url, std::function<void(Fetched)> done)>;

  // The clock is the real one, also in the sandbox. What is borrowed must outlive the last call of `done`.
  Identity(IdentitySettings settings, run::Clock& clock, Fetch fetch, Log& log);

  // There are no keys by which to tell: a fetch is under way, or the provider does not answer.
  struct NoKeys {};
  using Checked = std::variant<Person, TokenFault, NoKeys>;
  // Who shows this token. Never waits; an unknown key begins a fetch, and is NoKeys until that has ended.
  Checked check(std::string_view token);
  // Begins a fetch where it is time for one.
  void look();

  enum class State { ready, stale, unavailable };
  // `stale`: the last fetch failed, and the keys of before are in use.
  State state();
  core::Instant now() const { return clock_.now(); }

  struct Counts {
    std::atomic<std::uint64_t> verified = 0;  // tokens, by their signature
    std::atomic<std::uint64_t> recalled = 0;  // known from before
    std::atomic<std::uint64_t> fetched = 0;
    std::atomic<std::uint64_t> fetches_failed = 0;
  };
  const Counts& counts() const { return counts_; }
  std::size_t keys() const;

 private:
  static constexpr core::ClockTime kPause{5'000};  // between the beginnings of two fetches

  struct Held {
    std::shared_ptr<const KeySet> keys;  // null before the first
    core::Instant fetched_at;
    core::Instant tried_at{INT64_MIN / 2};
    bool trying = false;
    bool failed = false;  // the last try
  };
  // Under the lock.
  bool may_use(core::Instant now) const;
  bool begin_fetch(core::Instant now);
  void fetch_discovery();
  void take_discovery(const Fetched& fetched);
  void take_keys(const Fetched& fetched);
  void fail(const std::string& why);

  const IdentitySettings settings_;
  run::Clock& clock_;
  const Fetch fetch_;
  Log& log_;
  Counts counts_;
  mutable std::mutex mutex_;
  Held held_;
  TokenCache cache_;  // of held_.keys
};

}  // namespace motcua::api

template <>
struct motcua::core::EnumWords<motcua::api::Identity::State> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"ready", "stale", "unavailable"};
};
