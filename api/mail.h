#pragma once

#include <memory>

#include "api/log.h"
#include "api/mail_config.h"
#include "engine/run/mailer.h"

namespace motcua::api {

// The mailer with its connection to the mail server, while it lives. All but the settings is borrowed and
// must outlive it. Throws std::runtime_error when the password cannot be read.
class MailService {
 public:
  MailService(const MailSettings& settings, run::Engine& engine, store::Store& store, run::Clock& clock,
              run::Random& random, const run::Keyring& keyring, Log& log);
  ~MailService();

  const run::MailMetrics& metrics() const { return mailer_->metrics(); }

 private:
  std::unique_ptr<run::LetterSender> sender_;
  std::unique_ptr<run::Mailer> mailer_;
};

}  // namespace motcua::api
