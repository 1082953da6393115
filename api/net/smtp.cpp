#include "api/net/smtp.h"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace motcua::net {
namespace {

// What is left of a message to hand over.
struct Upload {
  const std::string& message;
  std::size_t given = 0;
};

std::size_t read_upload(char* out, std::size_t size, std::size_t count, void* self) {
  auto* upload = static_cast<Upload*>(self);
  const std::size_t length = std::min(size * count, upload->message.size() - upload->given);
  std::memcpy(out, upload->message.data() + upload->given, length);
  upload->given += length;
  return length;
}

int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<std::atomic<bool>*>(self)->load() ? 1 : 0;  // 1 ends the transfer
}

constexpr long kServerEnds = 421;

// Replies that speak of how the connection is set up, not of the letter.
bool is_about_access(long code) { return code == 530 || code == 534 || code == 535 || code == 538; }

// What libcurl says to the server, command by command.
int on_command(CURL*, curl_infotype type, char* text, std::size_t size, void* self) {
  constexpr std::string_view kRecipient = "RCPT TO:";
  if (type == CURLINFO_HEADER_OUT && std::string_view(text, size).starts_with(kRecipient))
    *static_cast<bool*>(self) = true;
  return 0;
}

// How far a letter came.
struct Told {
  bool recipient = false;
  bool text = false;
};

// What became of a letter. A reply belongs to it when it was given to the recipient or the text, or puts the
// sender off; before that the server has only greeted, and one that takes no letter of this sender cannot be
// used as it is set up: no letter is lost for it.
SmtpReply reply_of(CURLcode result, long code, const Told& told) {
  SmtpReply reply;
  reply.code = static_cast<int>(code);
  if (result == CURLE_OK) return reply;
  if (result == CURLE_SEND_ERROR && !told.recipient && code >= 500 && code < 600 && !is_about_access(code)) {
    reply.kind = SmtpReply::Kind::unreachable;
    reply.cause = "the sender was refused";
    return reply;
  }
  const bool to_the_envelope = result == CURLE_SEND_ERROR;
  const bool to_the_text = result == CURLE_WEIRD_SERVER_REPLY && told.text;
  const bool answered = (to_the_envelope || to_the_text) && !is_about_access(code);
  if (answered && code >= 400 && code < 500 && code != kServerEnds) {
    reply.kind = SmtpReply::Kind::deferred;
  } else if (answered && code >= 500 && code < 600) {
    reply.kind = SmtpReply::Kind::refused;
  } else {
    reply.kind = SmtpReply::Kind::unreachable;
    reply.cause = curl_easy_strerror(result);
  }
  return reply;
}

std::string address_of(const SmtpServer& server) {
  const bool bare_v6 = server.host.find(':') != std::string::npos;
  return "smtp://" + (bare_v6 ? '[' + server.host + ']' : server.host) + ':' + std::to_string(server.port) +
         '/' + server.own_domain;
}

}  // namespace

struct Smtp::Handle {
  explicit Handle(SmtpServer given) : server(std::move(given)) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    curl = ready == CURLE_OK ? curl_easy_init() : nullptr;
    if (curl == nullptr) throw std::runtime_error("libcurl could not be set up");
    const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(curl, option, value); };
    set(CURLOPT_URL, address_of(server).c_str());
    set(CURLOPT_PROTOCOLS_STR, "smtp");
    set(CURLOPT_PROXY, "");  // none, whatever the environment names
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USE_SSL, static_cast<long>(server.starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!server.ca_file.empty()) set(CURLOPT_CAINFO, server.ca_file.c_str());
    if (!server.user.empty()) {
      set(CURLOPT_USERNAME, server.user.c_str());
      set(CURLOPT_PASSWORD, server.password.c_str());
    }
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(server.connect_timeout.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(server.whole_timeout.count()));
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, read_upload);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, on_progress);
    set(CURLOPT_XFERINFODATA, &stopped);
    set(CURLOPT_VERBOSE, 1L);  // to on_command alone
    set(CURLOPT_DEBUGFUNCTION, on_command);
    set(CURLOPT_DEBUGDATA, &recipient_was_named);
  }
  ~Handle() { curl_easy_cleanup(curl); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  const SmtpServer server;
  std::atomic<bool> stopped = false;
  bool recipient_was_named = false;  // of the letter that is being sent
  CURL* curl = nullptr;
};

Smtp::Smtp(SmtpServer server) : handle_(std::make_unique<Handle>(std::move(server))) {}
Smtp::~Smtp() = default;

void Smtp::stop() { handle_->stopped = true; }

SmtpReply Smtp::send(const std::string& from, const std::string& to, const std::string& message) {
  CURL* curl = handle_->curl;
  const std::string sender = '<' + from + '>';
  const std::string recipient = '<' + to + '>';
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipients(
      curl_slist_append(nullptr, recipient.c_str()), &curl_slist_free_all);
  Upload upload{message};
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  CURLcode result = CURLE_OK;
  long code = 0;
  const auto perform = [&] {
    handle_->recipient_was_named = false;
    result = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
  };
  perform();
  long connected = 1;
  curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connected);
  // A server ends a connection that was idle for long: that is seen when it is used again, and says nothing
  // of the server.
  const bool was_ended = connected == 0 && upload.given == 0 && (code == 0 || code == kServerEnds);
  if (result != CURLE_OK && was_ended && !handle_->stopped) {
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    perform();
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 0L);
  }
  return reply_of(result, code, {handle_->recipient_was_named, upload.given == message.size()});
}

}  // namespace motcua::net
