#include "api/mail.h"

#include "api/net/mail_message.h"
#include "api/net/smtp.h"

namespace motcua::api {
namespace {

std::string domain_of(const std::string& address) { return address.substr(address.find('@') + 1); }

net::SmtpServer smtp_server(const MailSettings& settings) {
  net::SmtpServer server;
  server.host = settings.host;
  server.port = settings.port;
  server.starttls = settings.starttls;
  server.user = settings.user;
  if (!settings.password_file.empty()) server.password = read_mail_password(settings.password_file);
  server.ca_file = settings.ca_file;
  server.own_domain = domain_of(settings.from);
  return server;
}

store::LetterOutcome outcome_of(net::SmtpReply::Kind kind) {
  using Kind = net::SmtpReply::Kind;
  switch (kind) {
    case Kind::accepted:
      return store::LetterOutcome::accepted;
    case Kind::deferred:
      return store::LetterOutcome::deferred;
    case Kind::refused:
      return store::LetterOutcome::refused;
    case Kind::unreachable:
      return store::LetterOutcome::unreachable;
  }
  return store::LetterOutcome::unreachable;
}

// Sends letters through the mail server of the settings.
class SmtpSender : public run::LetterSender {
 public:
  explicit SmtpSender(const MailSettings& settings)
      : from_(settings.from), from_name_(settings.from_name), smtp_(smtp_server(settings)) {}

  run::LetterSent send(const run::OutgoingLetter& letter) override {
    net::MailMessage message{from_,          from_name_,  letter.to,         letter.to_name,
                             letter.subject, letter.text, letter.message_id, letter.at.ms};
    const net::SmtpReply reply = smtp_.send(from_, letter.to, net::mail_message(message));
    return {outcome_of(reply.kind), reply.code, reply.cause};
  }
  void stop() override { smtp_.stop(); }

 private:
  const std::string from_;
  const std::string from_name_;
  net::Smtp smtp_;
};

}  // namespace

MailService::MailService(const MailSettings& settings, run::Engine& engine, store::Store& store,
                         run::Clock& clock, run::Random& random, const run::Keyring& keyring, Log& log)
    : sender_(std::make_unique<SmtpSender>(settings)) {
  run::MailerOptions options;
  options.domain = domain_of(settings.from);
  options.kept = core::ClockTime{settings.kept_days * core::kDayMs};
  mailer_ = std::make_unique<run::Mailer>(
      engine, store, clock, random, keyring, *sender_, options,
      [&log](std::string_view event, const std::string& cause) {
        log.write(LogLevel::error, "mail_trouble",
                  {{"what", OwnText{std::string(event)}}, {"cause", OwnText{cause}}});
      });
}

MailService::~MailService() = default;

}  // namespace motcua::api
