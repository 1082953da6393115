#include "engine/run/mailer.h"

#include <algorithm>

#include "engine/run/alert_text.h"
#include "engine/run/mail_address.h"
#include "engine/run/notices.h"
#include "engine/run/owner_loader.h"
#include "engine/run/ticker.h"

namespace motcua::run {
namespace {

constexpr int kFollowedPage = 100;  // events looked at for one batch of letters
constexpr int kSendSlice = 16;      // letters of one round
const store::Scope kWholeProvince = store::Scope::everything();

}  // namespace

void prepare_mail(store::Store& store, bool enabled) {
  const auto reader = store.reader();
  const bool known = reader->mail_followed().has_value();
  if (enabled && !known) store.queue_letters({}, reader->journal_end());
  if (!enabled && known) store.queue_letters({}, std::nullopt);
}

Mailer::Mailer(Engine& engine, store::Store& store, Clock& clock, Random& random, const Keyring& keyring,
               LetterSender& sender, MailerOptions options,
               std::function<void(std::string_view event, const std::string& cause)> on_trouble)
    : engine_(engine),
      store_(store),
      clock_(clock),
      random_(random),
      keyring_(keyring),
      sender_(sender),
      options_(std::move(options)),
      on_trouble_(std::move(on_trouble)),
      thread_([this] { loop(); }) {}

Mailer::~Mailer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  sender_.stop();
  thread_.join();
}

bool Mailer::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Mailer::loop() {
  while (!stopping()) {
    bool more = false;
    try {
      more = follow();
      more = send_due() || more;
    } catch (const std::exception& error) {
      more = false;
      on_trouble_("mail_failed", error.what());
    }
    std::unique_lock lock(mutex_);
    if (!more) wake_.wait_for(lock, options_.poll, [this] { return stopping_; });
  }
}

// Queues the letters of one page of the journal, together with the place behind it. True when there may be
// more.
bool Mailer::follow() {
  store::JournalPage page;
  std::vector<store::Letter> letters;
  std::int64_t place = 0;
  {
    const auto reader = store_.reader();
    place = reader->mail_followed().value_or(0);
    store::JournalQuery query;
    query.scope = store::Scope::everything();
    query.types = core::notice_event_types();
    query.after = place;
    query.limit = kFollowedPage;
    page = reader->journal(query);
    const core::Instant now = clock_.now();
    for (const store::StoredEvent& stored : page.events) {
      const core::Event& event = stored.event;
      if (!core::notice_of(event.body) || !has_address(*reader, event.dossier)) continue;
      store::Letter& letter = letters.emplace_back();
      letter.source = event.id;
      letter.dossier = event.dossier;
      letter.version = event.version;
      letter.queued_at = now;
      letter.next_at = now;
    }
  }
  if (page.last == place) return false;
  return engine_.write_aside([&](store::Store& store) { store.queue_letters(letters, page.last); }) &&
         page.more;
}

// Most owners give none: no row is made for them.
bool Mailer::has_address(store::Reader& reader, const core::Uuid& dossier) {
  try {
    const auto stored = reader.find(kWholeProvince, dossier);
    if (!stored) return false;
    const NoticeTyped typed = open_notice(keyring_, reader, kWholeProvince, {}, stored->dossier);
    return is_mail_address(typed.email);
  } catch (const std::exception& error) {
    on_trouble_("letter_not_written", error.what());
    return true;  // it is seen again when the letter is written; the letters behind it go on
  }
}

// Sends some of what is due. True when there may be more.
bool Mailer::send_due() {
  if (std::chrono::steady_clock::now() < rests_until_) return false;
  // Before what was sent is written nothing else is sent: on a full disk it would be due, and sent, for ever.
  if (!record_tried()) return false;
  const auto due = store_.reader()->letters_due(clock_.now(), kSendSlice);
  bool reached = true;
  auto flushed_at = std::chrono::steady_clock::now();
  for (const store::Letter& letter : due) {
    if (stopping() || !reached) break;
    const LetterSent sent = attempt(letter);
    // A send that was ended under way may have arrived or not: the letter waits on and is sent again.
    if (stopping() && sent.outcome == store::LetterOutcome::unreachable) break;
    tried_.push_back(tried(letter, sent));
    ++metrics_.attempts[static_cast<std::size_t>(sent.outcome)];
    reached = sent.outcome != store::LetterOutcome::unreachable;
    if (!reached) {
      metrics_.reached = false;
      rest(sent.cause);
    } else if (sent.reply != 0) {
      metrics_.reached = true;
      rest_length_ = std::chrono::milliseconds(0);
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - flushed_at < std::chrono::seconds(1)) continue;
    if (!record_tried()) return false;
    flushed_at = now;
  }
  return record_tried() && reached && due.size() == static_cast<std::size_t>(kSendSlice);
}

// One that cannot be written is put off, and holds up no other.
LetterSent Mailer::attempt(const store::Letter& letter) {
  std::optional<OutgoingLetter> written;
  try {
    written = write(letter);
  } catch (const std::exception& error) {
    on_trouble_("letter_not_written", error.what());
    return {store::LetterOutcome::deferred, 0, {}};
  }
  return written ? sender_.send(*written) : LetterSent{store::LetterOutcome::no_recipient, 0, {}};
}

// A server that is not there is left alone for a while, so that each letter does not find out by itself.
void Mailer::rest(const std::string& cause) {
  if (rest_length_.count() == 0) on_trouble_("mail_unreachable", cause);
  rest_length_ = std::clamp(rest_length_ * 2, options_.rest_first, options_.rest_max);
  rests_until_ = std::chrono::steady_clock::now() + rest_length_;
}

bool Mailer::record_tried() {
  if (tried_.empty()) return true;
  const core::Instant old = clock_.now() - options_.kept;
  if (!engine_.write_aside([&](store::Store& store) { store.record_letters(tried_, old); })) return false;
  tried_.clear();
  return true;
}

store::LetterTried Mailer::tried(const store::Letter& letter, const LetterSent& sent) {
  store::LetterTried made;
  const core::Instant now = clock_.now();
  made.letter = letter.key;
  made.attempt = {now, sent.outcome, sent.reply};
  made.next_at = now;
  switch (sent.outcome) {
    case store::LetterOutcome::accepted:
      made.state = store::LetterState::sent;
      return made;
    case store::LetterOutcome::refused:
    case store::LetterOutcome::no_recipient:
      made.state = store::LetterState::dead;
      return made;
    case store::LetterOutcome::deferred:
    case store::LetterOutcome::unreachable:
      break;
  }
  if (letter.attempts + 1 >= options_.attempts_max && now - letter.queued_at >= options_.tried_for) {
    made.state = store::LetterState::dead;
    return made;
  }
  std::int64_t wait = options_.retry_first.ms;
  for (int i = 0; i < letter.attempts && wait < options_.retry_max.ms; ++i) wait *= 2;
  wait = std::min(wait, options_.retry_max.ms);
  // Up to a fifth more or less, so that what failed together does not come again together.
  std::uint8_t chance = 0;
  random_.bytes(std::span(&chance, 1));
  made.next_at = now + core::ClockTime{wait * (205 + chance * 102 / 255) / 256};
  return made;
}

std::optional<OutgoingLetter> Mailer::write(const store::Letter& letter) {
  const auto reader = store_.reader();
  switch (letter.kind) {
    case store::LetterKind::notice:
      return write_notice_letter(*reader, letter);
    case store::LetterKind::alert:
      return write_alert_letter(*reader, letter);
  }
  return std::nullopt;
}

// Nothing when what it warns of was done meanwhile, or the officer has no address any more.
std::optional<OutgoingLetter> Mailer::write_alert_letter(store::Reader& reader, const store::Letter& letter) {
  const auto definitions = engine_.definitions();
  const Messages* messages = definitions->messages();
  const auto alert = reader.alert(letter.source);
  const auto stored = alert ? reader.find(kWholeProvince, alert->dossier) : std::nullopt;
  if (messages == nullptr || !stored || !still_owed(*alert, stored->dossier, clock_.now())) {
    return std::nullopt;
  }
  for (const core::Recipient& one : alert->recipients) {
    const core::Agency* agency = definitions->agency(one.agency);
    const core::Officer* officer = agency == nullptr ? nullptr : agency->officer(one.officer);
    if (officer == nullptr || officer->id != letter.recipient || !is_mail_address(officer->mail)) continue;
    const NoticeText words = write_alert(*messages, *definitions, *alert, stored->dossier, *officer);
    return OutgoingLetter{officer->mail,
                          officer->position,
                          words.subject,
                          words.text,
                          core::to_string(alert->id) + '.' + officer->id.text + "@" + options_.domain,
                          alert->fired_at};
  }
  return std::nullopt;
}

std::optional<OutgoingLetter> Mailer::write_notice_letter(store::Reader& reader,
                                                          const store::Letter& letter) {
  const auto definitions = engine_.definitions();
  const Messages* messages = definitions->messages();
  std::optional<OutgoingLetter> made;
  if (messages == nullptr) return made;
  replay_notices(reader, kWholeProvince, letter.dossier,
                 [&](core::NoticeKind kind, const core::Event& event, const core::Dossier& then) {
                   if (event.version < letter.version) return true;
                   if (event.id != letter.source) return false;
                   NoticeTyped typed = open_notice(keyring_, reader, kWholeProvince, event, then);
                   if (!is_mail_address(typed.email)) return false;
                   NoticeText words = write_notice(kind, *messages, *definitions, event, then, typed);
                   made = OutgoingLetter{std::move(typed.email),
                                         std::move(typed.owner),
                                         std::move(words.subject),
                                         std::move(words.text),
                                         core::to_string(event.id) + ".notice@" + options_.domain,
                                         event.recorded_at};
                   return false;
                 });
  return made;
}

}  // namespace motcua::run
