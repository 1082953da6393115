#pragma once

#include <functional>
#include <future>
#include <optional>

namespace motcua::run {

// Reads pieces one ahead of their use, on another thread: so reading and what is made of it take their time
// beside each other, and two pieces are held at most. One thread uses it.
template <class Piece>
class ReadAhead {
 public:
  // `read` gives the next piece, nothing when there is none. It is called on another thread, never twice at
  // once, and not after it threw; what it throws comes out of next().
  explicit ReadAhead(std::function<std::optional<Piece>()> read) : read_(std::move(read)), ahead_(begin()) {}
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  std::optional<Piece> next() {
    if (!ahead_.valid()) return std::nullopt;
    std::optional<Piece> piece = ahead_.get();
    if (piece) ahead_ = begin();
    return piece;
  }

 private:
  std::future<std::optional<Piece>> begin() {
    return std::async(std::launch::async, [this] { return read_(); });
  }

  const std::function<std::optional<Piece>()> read_;
  std::future<std::optional<Piece>> ahead_;  // last: it ends before what it uses
};

}  // namespace motcua::run
