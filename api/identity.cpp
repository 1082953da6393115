#include "api/identity.h"

#include "api/json/reader.h"
#include "engine/store/digest.h"

namespace motcua::api {
namespace {

constexpr int kDiscoveryDepth = 16;
constexpr std::size_t kIssuerMax = 500;

core::ClockTime clock_time_of(std::chrono::seconds time) { return {std::chrono::milliseconds(time).count()}; }

std::string discovery_address(const std::string& issuer) {
  return issuer.substr(0, issuer.size() - (issuer.ends_with('/') ? 1 : 0)) +
         "/.well-known/openid-configuration";
}

// The address of the keys; empty, with the reason in `why`, for a document of another issuer or none.
std::string keys_address(std::string_view document, const std::string& issuer, std::string& why) {
  Unreadable unreadable;
  auto body = JsonBody::parse(document, kDiscoveryDepth, unreadable);
  auto root = body ? body->root() : std::nullopt;
  if (!root) {
    why = "discovery: expected a JSON object";
    return {};
  }
  if (root->exact("issuer", Presence::required, kIssuerMax) != issuer) {
    why = "discovery: expected the issuer of the settings, but it is another";
    return {};
  }
  std::string address = root->exact("jwks_uri", Presence::required, kIssuerMax).value_or("");
  if (is_provider_address(address)) return address;
  why = "discovery: expected the keys at an https address, or at http of this machine";
  return {};
}

}  // namespace

Identity::Identity(IdentitySettings settings, run::Clock& clock, Fetch fetch, Log& log)
    : settings_(std::move(settings)), clock_(clock), fetch_(std::move(fetch)), log_(log) {}

bool Identity::may_use(core::Instant now) const {
  return held_.keys && now - held_.fetched_at < clock_time_of(settings_.keep);
}

bool Identity::begin_fetch(core::Instant now) {
  if (held_.trying || now - held_.tried_at < kPause) return false;
  held_.trying = true;
  held_.tried_at = now;
  return true;
}

void Identity::look() {
  {
    const std::lock_guard lock(mutex_);
    const core::Instant now = clock_.now();
    const bool due = !held_.keys || now - held_.fetched_at >= clock_time_of(settings_.refresh);
    if (!due || !begin_fetch(now)) return;
  }
  fetch_discovery();
}

Identity::Checked Identity::check(std::string_view token) {
  const core::Instant now = clock_.now();
  const TokenCache::Digest digest = store::sha256(token);
  std::shared_ptr<const KeySet> keys;
  {
    const std::lock_guard lock(mutex_);
    if (may_use(now)) {
      if (const auto known = cache_.find(digest, now)) {
        counts_.recalled.fetch_add(1, std::memory_order_relaxed);
        return *known;
      }
      keys = held_.keys;
    }
  }
  if (!keys) {
    look();
    return NoKeys{};
  }
  const auto made = verify_token(token, *keys, settings_.rules, now);
  if (const auto* person = std::get_if<Person>(&made)) {
    counts_.verified.fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    if (held_.keys == keys) cache_.add(digest, *person);
    return *person;
  }
  const TokenFault fault = std::get<TokenFault>(made);
  if (fault != TokenFault::unknown_key) return fault;
  bool begun = false;
  {
    const std::lock_guard lock(mutex_);
    begun = begin_fetch(now);
    // Not known yet is not unknown: the provider may have changed its keys a moment ago.
    if (!begun && !held_.trying) return fault;
  }
  if (begun) fetch_discovery();
  return NoKeys{};
}

void Identity::fetch_discovery() {
  fetch_(discovery_address(settings_.rules.issuer),
         [this](const Fetched& fetched) { take_discovery(fetched); });
}

void Identity::take_discovery(const Fetched& fetched) {
  if (!fetched.failure.empty()) return fail("discovery: " + fetched.failure);
  std::string why;
  const std::string address = keys_address(fetched.body, settings_.rules.issuer, why);
  if (address.empty()) return fail(why);
  fetch_(address, [this](const Fetched& keys) { take_keys(keys); });
}

void Identity::take_keys(const Fetched& fetched) {
  if (!fetched.failure.empty()) return fail("keys: " + fetched.failure);
  std::string why;
  auto keys = read_key_set(fetched.body, why);
  if (!keys) return fail("keys: " + why);
  const std::size_t count = keys->keys.size();
  bool changed = false;
  bool back = false;  // after a failure
  {
    const std::lock_guard lock(mutex_);
    changed = !held_.keys || held_.keys->digest != keys->digest;
    if (changed) {
      held_.keys = std::make_shared<const KeySet>(std::move(*keys));
      cache_.clear();
    }
    back = held_.failed;
    held_.fetched_at = clock_.now();
    held_.trying = false;
    held_.failed = false;
  }
  counts_.fetched.fetch_add(1, std::memory_order_relaxed);
  if (changed || back) log_.write(LogLevel::info, "identity_keys", {{"keys", count}});
}

void Identity::fail(const std::string& why) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = !held_.failed;
    held_.trying = false;
    held_.failed = true;
  }
  counts_.fetches_failed.fetch_add(1, std::memory_order_relaxed);
  if (first) log_.write(LogLevel::warn, "identity_unavailable", {{"cause", OwnText{why}}});
}

Identity::State Identity::state() {
  const std::lock_guard lock(mutex_);
  if (!may_use(clock_.now())) return State::unavailable;
  return held_.failed ? State::stale : State::ready;
}

std::size_t Identity::keys() const {
  const std::lock_guard lock(mutex_);
  return held_.keys ? held_.keys->keys.size() : 0;
}

}  // namespace motcua::api
