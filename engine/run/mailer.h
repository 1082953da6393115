#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "engine/run/engine.h"
#include "engine/store/mail.h"

namespace motcua::run {

// A letter, ready to be sent.
struct OutgoingLetter {
  std::string to;          // an address that is_mail_address holds for
  std::string to_name;     // may be empty
  std::string subject;     // one line
  std::string text;        // lines end with \n
  std::string message_id;  // without its brackets; the same at every attempt, so a repeated letter is known
  core::Instant at;        // of what it tells
};

struct LetterSent {
  store::LetterOutcome outcome = store::LetterOutcome::accepted;
  int reply = 0;        // of the server; 0: none
  std::string cause{};  // of an unreachable server, for the log; nothing personal
};

// The outside world's end of mail. One thread calls send(); stop() comes from another, once.
class LetterSender {
 public:
  virtual ~LetterSender() = default;
  // Blocks, for a bounded time.
  virtual LetterSent send(const OutgoingLetter& letter) = 0;
  // Ends a send() under way, whose outcome then counts for nothing.
  virtual void stop() = 0;
};

struct MailerOptions {
  std::string domain;  // of message ids
  // A letter is given up after so many attempts, and not before so long: a server may be down from Friday to
  // Tuesday.
  int attempts_max = 16;
  core::ClockTime tried_for{5 * core::kDayMs};
  core::ClockTime retry_first{30'000};  // doubled each time
  core::ClockTime retry_max{4 * core::kHourMs};
  core::ClockTime kept{90 * core::kDayMs};  // letters that are over, with their ledgers
  std::chrono::milliseconds poll{500};
  std::chrono::milliseconds rest_first{1'000};  // after the server was not reached; doubled each time
  std::chrono::milliseconds rest_max{60'000};
};

// What the mailer did since the process started. Any thread reads.
struct MailMetrics {
  std::array<std::atomic<std::uint64_t>, std::size(core::EnumWords<store::LetterOutcome>::words)> attempts{};
  std::atomic<bool> reached = true;  // the mail server, when it was last tried
};

// Where following the journal begins: a database that is mailed from for the first time begins at the
// journal's end, so that nobody is told of what is long over; one that is not mailed from forgets the place.
// Before the engine is made.
void prepare_mail(store::Store& store, bool enabled);

// Follows the journal and sends the citizens' notices by mail, on a thread of its own: queues a letter for
// each notice whose owner gave an address, and tries what is due. A letter is written when it is sent, from
// history; it is sent at least once. All writes go through the engine's writer in bounded batches.
class Mailer {
 public:
  // All are borrowed and must outlive it. `on_trouble` gets a line for the log: "unreachable", cause.
  Mailer(Engine& engine, store::Store& store, Clock& clock, Random& random, const Keyring& keyring,
         LetterSender& sender, MailerOptions options,
         std::function<void(std::string_view event, const std::string& cause)> on_trouble);
  ~Mailer();  // ends the send under way
  const MailMetrics& metrics() const { return metrics_; }

 private:
  void loop();
  bool follow();
  bool send_due();
  LetterSent attempt(const store::Letter& letter);
  // Nothing when there is nobody to send it to.
  std::optional<OutgoingLetter> write(const store::Letter& letter);
  std::optional<OutgoingLetter> write_notice_letter(store::Reader& reader, const store::Letter& letter);
  std::optional<OutgoingLetter> write_alert_letter(store::Reader& reader, const store::Letter& letter);
  bool has_address(store::Reader& reader, const core::Uuid& dossier);
  store::LetterTried tried(const store::Letter& letter, const LetterSent& sent);
  bool record_tried();
  void rest(const std::string& cause);
  bool stopping();

  Engine& engine_;
  store::Store& store_;
  Clock& clock_;
  Random& random_;
  const Keyring& keyring_;
  LetterSender& sender_;
  const MailerOptions options_;
  const std::function<void(std::string_view event, const std::string& cause)> on_trouble_;
  std::chrono::milliseconds rest_length_{0};  // 0: the server was reached last time
  std::chrono::steady_clock::time_point rests_until_;
  std::vector<store::LetterTried> tried_;  // not yet written

  MailMetrics metrics_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;  // last: everything is there when it begins
};

}  // namespace motcua::run
