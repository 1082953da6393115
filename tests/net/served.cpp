#include "tests/net/served.h"

#include <gtest/gtest.h>

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string_view>

#include "tests/support/certificates.h"

namespace motcua::net::testing {
namespace {

constexpr std::chrono::seconds kPatience{10};

Response text(int status, std::string body) { return {status, "text/plain", {}, std::move(body), {}}; }

bool over_tls() {
  const char* over = std::getenv("MOTCUA_NET_OVER");
  return over != nullptr && std::string_view(over) == "tls";
}

// Made once for all tests of this process.
std::shared_ptr<const TlsContext> tls_of_tests() {
  static const auto context = [] {
    std::string folder = (std::filesystem::temp_directory_path() / "motcua-tls-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
    const auto pair = motcua::testing::Authority(folder, "ca").issue("server");
    auto made = load_tls({pair.certificate, pair.key, {}});
    std::filesystem::remove_all(folder);
    return made;
  }();
  return context;
}

}  // namespace

std::uint16_t Served::port() const { return over_tls() ? server_->secure_port() : server_->port(); }
RawClient Served::connect() const { return RawClient(port(), over_tls()); }
std::unique_ptr<RawClient> Served::connect_apart() const {
  return std::make_unique<RawClient>(port(), over_tls());
}

void TalkingStream::begin(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
  begun_.notify_all();
}

Stream::Part TalkingStream::next() {
  const std::lock_guard lock(mutex_);
  Part part;
  part.pause = std::chrono::minutes(1);
  if (texts_.empty()) return part;
  part.bytes = std::move(texts_.front());
  texts_.pop_front();
  part.then = part.bytes.empty() ? Part::Then::end : Part::Then::more;
  return part;
}

void TalkingStream::say(std::string text) {
  std::unique_lock lock(mutex_);
  if (!begun_.wait_for(lock, kPatience, [&] { return wake_ != nullptr; })) {
    ADD_FAILURE() << "the stream was not begun";
    return;
  }
  texts_.push_back(std::move(text));
  wake_();
}

Served::Served(ServerOptions options) {
  options.plain->port = 0;
  if (over_tls()) {
    options.secure = Endpoint{"127.0.0.1", 0};
    options.tls = tls_of_tests();
  }
  server_ = std::make_unique<Server>(
      options, [this](Request&& request, Reply&& reply) { handle(std::move(request), std::move(reply)); },
      [](int status, std::string_view code, std::string_view) { return text(status, std::string(code)); });
  runner_ = std::thread([this] { server_->run(); });
}

Served::~Served() {
  if (runner_.joinable()) stop(std::chrono::milliseconds(0));
}

void Served::stop(std::chrono::milliseconds grace) {
  server_->stop(grace);
  runner_.join();
}

void Served::handle(Request&& request, Reply&& reply) {
  const std::lock_guard lock(mutex_);
  last_ = request;
  if (request.path == "/echo") return reply(text(200, request.body));
  if (request.path == "/about")
    return reply(text(200, request.method + " " + request.path + " " + request.query));
  if (request.path == "/large") return reply(text(200, std::string(kLargeBytes, 'l')));
  if (request.path == "/split") return reply({200, "text/plain", {{"X-Name", "a\r\nSet-Cookie: b"}}, "", {}});
  if (request.path == "/empty") return reply({204, "", {}, "", {}});
  if (request.path == "/throw") throw std::runtime_error("thrown by the handler");
  if (request.path == "/stream") {
    stream_ = std::make_shared<TalkingStream>();
    Response response{200, "text/plain", {}, "", {}};
    response.stream = stream_;
    arrived_.notify_all();
    return reply(std::move(response));
  }
  if (request.path != "/hold") return;
  held_.push_back(std::move(reply));
  arrived_.notify_all();
}

Reply Served::held() {
  std::unique_lock lock(mutex_);
  if (!arrived_.wait_for(lock, kPatience, [&] { return !held_.empty(); })) {
    ADD_FAILURE() << "no request to /hold arrived";
    return [](Response) {};
  }
  Reply reply = std::move(held_.front());
  held_.pop_front();
  return reply;
}

void Served::say(std::string text) {
  std::shared_ptr<TalkingStream> stream;
  {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, kPatience, [&] { return stream_ != nullptr; })) {
      ADD_FAILURE() << "no request to /stream arrived";
      return;
    }
    stream = stream_;
  }
  stream->say(std::move(text));
}

Request Served::last() {
  const std::lock_guard lock(mutex_);
  return last_;
}

bool Served::eventually(const std::function<bool(const ServerCounters&)>& condition) const {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!condition(server_->counters())) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace motcua::net::testing
