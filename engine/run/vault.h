#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

namespace motcua::run {

using SecretKey = std::array<std::uint8_t, 32>;

// The keys of sealed records, one for each record, in a file of their own: what is erased is erased by
// destroying its keys, in every copy of the database at once. The file is a header (its id, the name of the
// master key, the root secret of the installation) and places of 64 bytes; a place holds a random key wrapped
// by the master key (key_wrap.h), zeros once it was destroyed, or a mark that it was passed over. Keys are
// made in blocks and lie on the disk before the first of them is used; a process never uses a place that
// another one may have used, so no place is given twice, also after an older database was put back. Any
// thread may call any method.
class Vault {
 public:
  using Id = std::array<std::uint8_t, 16>;

  // Makes the file with mode 0600, whole and on the disk before this returns. Throws KeyFileError; also when
  // there is one.
  static std::unique_ptr<Vault> make(const std::filesystem::path& file, const SecretKey& master,
                                     const SecretKey& root);
  // Throws KeyFileError: not there, readable by others, not whole, of another master key.
  static std::unique_ptr<Vault> open(const std::filesystem::path& file, const SecretKey& master);
  // Without a file, for as long as the process lives.
  static std::unique_ptr<Vault> in_memory();
  // Whether that file's keys are wrapped by that master key. Throws KeyFileError when it is no file of keys.
  static bool is_wrapped_by(const std::filesystem::path& file, const SecretKey& master);

  ~Vault();
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;

  const Id& id() const { return id_; }
  const SecretKey& root() const { return root_; }

  struct Fresh {
    std::uint64_t place = 0;
    SecretKey key{};
  };
  // A key that nobody had before. Waits for the disk now and then. Throws KeyFileError when it is full.
  Fresh fresh();
  // Nothing: it was destroyed, or never made.
  std::optional<SecretKey> key(std::uint64_t place) const;
  bool is_destroyed(std::uint64_t place) const;
  // No key of this file ever lay there: it was passed over, or the file ends before it.
  bool was_never_there(std::uint64_t place) const;
  // The first place whose key is damaged; nothing: none is. Work in proportion to them.
  std::optional<std::uint64_t> first_damaged() const;
  // On the disk before it returns. A place that is not there is none to destroy. Throws KeyFileError.
  void destroy(std::span<const std::uint64_t> places);
  // Wraps all keys by another master key, beside those who read and make them; the file is replaced whole.
  // Throws KeyFileError, and the old file stands.
  void wrap_anew(const SecretKey& master);
  // Keys are made behind that place from now on: those before it were given, and are not in this file. The
  // places between are marked as passed over, as nobody destroyed what lay there. Before any fresh() of it.
  // Throws KeyFileError.
  void pass_over(std::uint64_t end);
  // How many places the file has.
  std::uint64_t size() const;

 private:
  struct Opened;  // a file with the key that opens it
  explicit Vault(std::shared_ptr<const Opened> opened);
  std::shared_ptr<const Opened> opened() const { return std::atomic_load(&opened_); }
  // Adds a block of keys; with `writing_` held.
  void add_block();
  void fill();

  std::filesystem::path file_;
  Id id_{};
  SecretKey root_{};
  std::shared_ptr<const Opened> opened_;

  mutable std::mutex writing_;  // who changes the file
  std::mutex mutex_;            // the members below
  std::condition_variable wake_, filled_;
  std::vector<Fresh> ready_;  // the next one stands last
  bool wanted_ = false;
  bool stopping_ = false;
  std::exception_ptr failure_;
  std::thread filler_;
};

}  // namespace motcua::run
