#pragma once

#include <openssl/evp.h>

#include <memory>

#include "engine/store/follow_dir.h"

namespace motcua::store {

// Writes a file of pages. One thread.
class PagesFileWriter {
 public:
  PagesFileWriter(const std::filesystem::path& file, const std::optional<BackupKey>& key,
                  const PagesHead& head);
  void add(std::uint32_t page, std::string_view content);
  // The digest, in hexadecimal. `whole_from`: the segment from which on a base is one commit's.
  std::string finish(std::uint32_t whole_from);

 private:
  void write(std::string_view bytes);
  BackupWriter file_;
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> sum_;
};

// Reads one. Throws BackupDamaged where it is not what was written. One thread.
class PagesFileReader {
 public:
  PagesFileReader(std::filesystem::path file, const std::optional<BackupKey>& key);
  const PagesHead& head() const { return head_; }
  // False: there are no more pages, and all was whole.
  bool next(std::uint32_t& page, std::string& content);
  // After the last page.
  const std::string& digest() const { return digest_; }
  std::uint32_t whole_from() const { return whole_from_; }

 private:
  void read(std::size_t size, std::string& out);
  void read_head();
  const std::filesystem::path name_;
  BackupReader file_;
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> sum_;
  PagesHead head_;
  std::string digest_;
  std::uint32_t whole_from_ = 0;
};

}  // namespace motcua::store
