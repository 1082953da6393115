#include "api/signal_thread.h"

#include <pthread.h>

#include <cerrno>
#include <tuple>
#include <utility>

namespace motcua::api {
namespace {

constexpr timespec kSignalPause{2, 0};

}  // namespace

SignalThread::SignalThread() {
  sigemptyset(&set_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR2, SIGRTMIN}) sigaddset(&set_, signal);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  std::ignore = ::signal(SIGPIPE, SIG_IGN);
  std::ignore = ::signal(SIGXFSZ, SIG_IGN);  // a limit on files is like a full disk
}

int SignalThread::next() const {
  while (true) {
    const int signal = sigtimedwait(&set_, nullptr, &kSignalPause);
    if (signal > 0) return signal;
    if (errno == EAGAIN) return kNone;
  }
}

void SignalThread::start(std::function<bool(int)> on_signal) {
  thread_ = std::thread([this, moved = std::move(on_signal)] {
    for (int signal = next(); signal != SIGUSR2 && moved(signal); signal = next()) {
    }
  });
}

SignalThread::~SignalThread() {
  if (!thread_.joinable()) return;
  pthread_kill(thread_.native_handle(), SIGUSR2);  // ours alone: it ends the thread
  thread_.join();
}

}  // namespace motcua::api
