#include "api/net/outgoing.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace motcua::net {
// Named, as a class with a name outside has members of these types.
namespace outgoing {

struct FreeCurl {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(char* text) const { curl_free(text); }
};
// CURL and CURLM are both void.
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using Easy = std::unique_ptr<CURL, FreeCurl>;
using CurlText = std::unique_ptr<char, FreeCurl>;

constexpr std::string_view kProtocols = "http,https";
constexpr int kPollMs = 1'000;
constexpr curl_off_t kRetryAfterMax = 366 * 86'400;  // more is no time that anybody counts in

void start_curl_once() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw std::runtime_error("libcurl could not start");
}

// One exchange.
struct Exchange {
  OutgoingRequest request;
  std::function<void(OutgoingAnswer)> done;
  const OutgoingOptions* options = nullptr;
  Easy easy;
  std::unique_ptr<curl_slist, FreeCurl> headers;
  std::size_t answer_bytes = 0;
  std::string body;
  bool address_refused = false;
  bool cut = false;
};

// Where a connection would be made: the address is known, and nothing was sent.
curl_socket_t open_checked(void* context, curlsocktype, curl_sockaddr* to) {
  auto& exchange = *static_cast<Exchange*>(context);
  if (!may_connect(to->addr, exchange.options->allow_networks)) {
    exchange.address_refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

// What the other side says; too much of it ends the exchange.
std::size_t count_bytes(char*, std::size_t size, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  exchange.answer_bytes += size * count;
  if (exchange.answer_bytes <= exchange.options->answer_bytes_max) return size * count;
  exchange.cut = true;
  return 0;
}

std::size_t keep_bytes(char* bytes, std::size_t size, std::size_t count, void* context) {
  const std::size_t taken = count_bytes(bytes, size, count, context);
  auto& exchange = *static_cast<Exchange*>(context);
  if (exchange.request.keep_body) exchange.body.append(bytes, taken);
  return taken;
}

void prepare(Exchange& exchange) {
  const OutgoingOptions& options = *exchange.options;
  exchange.easy.reset(curl_easy_init());
  CURL* easy = exchange.easy.get();
  if (easy == nullptr) throw std::runtime_error("libcurl could not make a request");
  curl_slist* list = nullptr;
  for (const auto& [name, value] : exchange.request.headers)
    list = curl_slist_append(list, (name + ": " + value).c_str());
  list = curl_slist_append(list, "Expect:");
  exchange.headers.reset(list);
  curl_easy_setopt(easy, CURLOPT_URL, exchange.request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, options.allow_http ? kProtocols.data() : "https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // a name server that does not answer holds nothing up
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "motcua");
  if (exchange.request.method == OutgoingRequest::Method::post) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(exchange.request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, exchange.request.body.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_checked);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep_bytes);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, count_bytes);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
  if (!options.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
}

OutgoingAnswer::Failure failure_of(const Exchange& exchange, CURLcode code) {
  if (exchange.address_refused) return OutgoingAnswer::Failure::address_refused;
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return OutgoingAnswer::Failure::timed_out;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CONNECT_ERROR:
      return OutgoingAnswer::Failure::not_trusted;
    default:
      return OutgoingAnswer::Failure::unreachable;
  }
}

OutgoingAnswer answer_of(Exchange& exchange, CURLcode code) {
  CURL* easy = exchange.easy.get();
  OutgoingAnswer answer;
  curl_off_t micro = 0;
  curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &micro);
  answer.took = std::chrono::milliseconds(micro / 1000);
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  const bool cut_after_head = exchange.cut && status != 0;
  if (code != CURLE_OK && !cut_after_head) {
    answer.failure = failure_of(exchange, code);
    return answer;
  }
  answer.status = static_cast<int>(status);
  answer.cut = exchange.cut;
  answer.body = std::move(exchange.body);
  curl_off_t seconds = 0;
  curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);  // seconds, or a date less the time now
  if (seconds > 0) answer.retry_after = std::chrono::seconds(std::min(seconds, kRetryAfterMax));
  return answer;
}

}  // namespace outgoing

class Outgoing::Loop {
  using Exchange = outgoing::Exchange;

 public:
  explicit Loop(OutgoingOptions options) : options_(std::move(options)) {
    outgoing::start_curl_once();
    multi_.reset(curl_multi_init());
    if (!multi_) throw std::runtime_error("libcurl could not start");
    thread_ = std::thread([this] { run(); });
  }
  ~Loop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_.get());
    thread_.join();
  }

  void send(OutgoingRequest request, std::function<void(OutgoingAnswer)> done) {
    auto exchange = std::make_unique<Exchange>();
    exchange->request = std::move(request);
    exchange->done = std::move(done);
    exchange->options = &options_;
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(exchange));
    }
    curl_multi_wakeup(multi_.get());
  }

 private:
  void run() {
    while (start_waiting()) {
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      finish_ended();
      curl_multi_poll(multi_.get(), nullptr, 0, outgoing::kPollMs, nullptr);
    }
    for (const auto& [easy, exchange] : under_way_) curl_multi_remove_handle(multi_.get(), easy);
    under_way_.clear();
  }

  // False when all is to end.
  bool start_waiting() {
    std::vector<std::unique_ptr<Exchange>> fresh;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return false;
      fresh.swap(waiting_);
    }
    for (auto& exchange : fresh) {
      outgoing::prepare(*exchange);
      CURL* easy = exchange->easy.get();
      curl_multi_add_handle(multi_.get(), easy);
      under_way_.emplace(easy, std::move(exchange));
    }
    return true;
  }

  void finish_ended() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* easy = message->easy_handle;
      const CURLcode code = message->data.result;
      auto ended = under_way_.extract(easy);
      Exchange& exchange = *ended.mapped();
      OutgoingAnswer answer = outgoing::answer_of(exchange, code);
      curl_multi_remove_handle(multi_.get(), easy);
      exchange.done(std::move(answer));
    }
  }

  const OutgoingOptions options_;
  std::unique_ptr<CURLM, outgoing::FreeMulti> multi_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Exchange>> waiting_;
  bool stopping_ = false;
  std::map<CURL*, std::unique_ptr<Exchange>> under_way_;
  std::thread thread_;
};

Outgoing::Outgoing(OutgoingOptions options) : loop_(std::make_unique<Loop>(std::move(options))) {}
Outgoing::~Outgoing() = default;

void Outgoing::send(OutgoingRequest request, std::function<void(OutgoingAnswer)> done) {
  loop_->send(std::move(request), std::move(done));
}

std::optional<UrlFault> check_url(const std::string& url, const OutgoingOptions& options) {
  using namespace outgoing;
  start_curl_once();
  for (const char c : url) {
    if (c <= ' ' || c >= 0x7f || c == '\\') return UrlFault::malformed;
  }
  const std::unique_ptr<CURLU, FreeCurl> parsed(curl_url());
  if (!parsed ||
      curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    return UrlFault::malformed;
  const auto part = [&](CURLUPart which) {
    char* text = nullptr;
    curl_url_get(parsed.get(), which, &text, 0);
    return CurlText(text);
  };
  for (const CURLUPart which : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_FRAGMENT}) {
    if (part(which)) return UrlFault::malformed;
  }
  if (url.find('#') != std::string::npos) return UrlFault::malformed;
  const CurlText scheme = part(CURLUPART_SCHEME);
  const CurlText host = part(CURLUPART_HOST);
  if (!scheme || !host || *host == '\0') return UrlFault::malformed;
  const std::string_view named = scheme.get();
  if (named != "https" && !(named == "http" && options.allow_http)) return UrlFault::not_https;
  std::string_view address = host.get();
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  if (may_connect(address, options.allow_networks) == false) return UrlFault::address_refused;
  return std::nullopt;
}

}  // namespace motcua::net
