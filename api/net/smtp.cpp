#include "api/net/smtp.h"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <stdexcept>

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

// Replies that speak of how the connection is set up, not of the letter.
bool is_about_access(long code) { return code == 530 || code == 534 || code == 535 || code == 538; }

// What became of a letter. A reply belongs to it when it was given to the sender, the recipient or the text;
// before that the server has only greeted, and is taken for one that cannot be used.
SmtpReply reply_of(CURLcode result, long code, bool text_was_given) {
  SmtpReply reply;
  reply.code = static_cast<int>(code);
  if (result == CURLE_OK) return reply;
  const bool to_the_envelope = result == CURLE_SEND_ERROR;
  const bool to_the_text = result == CURLE_WEIRD_SERVER_REPLY && text_was_given;
  const bool answered = (to_the_envelope || to_the_text) && !is_about_access(code);
  if (answered && code >= 400 && code < 500 && code != 421) {
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
  }
  ~Handle() { curl_easy_cleanup(curl); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  const SmtpServer server;
  std::atomic<bool> stopped = false;
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
  const CURLcode result = curl_easy_perform(curl);
  long code = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
  return reply_of(result, code, upload.given == message.size());
}

}  // namespace motcua::net
