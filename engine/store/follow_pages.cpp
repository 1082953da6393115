#include "engine/store/follow_pages.h"

#include <charconv>
#include <utility>

#include "engine/store/digest.h"

namespace motcua::store {
namespace {

constexpr std::string_view kFirstLine = "motcua pages 1";
constexpr std::size_t kHeadMax = 4096;
constexpr std::size_t kDigestBytes = 32;

std::string number_bytes(std::uint32_t number) {
  std::string bytes(4, '\0');
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<char>(number >> (24 - 8 * i));
  return bytes;
}

std::uint32_t number_in(std::string_view bytes) {
  std::uint32_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<std::uint8_t>(byte);
  return number;
}

std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> fresh_sum() {
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> sum(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!sum || EVP_DigestInit_ex(sum.get(), EVP_sha256(), nullptr) != 1)
    throw StoreError("OpenSSL could not start SHA-256");
  return sum;
}

void add_to_sum(EVP_MD_CTX* sum, std::string_view bytes) {
  if (EVP_DigestUpdate(sum, bytes.data(), bytes.size()) != 1) throw StoreError("OpenSSL could not go on");
}

std::string end_of_sum(EVP_MD_CTX* sum) {
  std::string digest(kDigestBytes, '\0');
  if (EVP_DigestFinal_ex(sum, reinterpret_cast<unsigned char*>(digest.data()), nullptr) != 1)
    throw StoreError("OpenSSL could not end SHA-256");
  return digest;
}

std::string hex_of(std::string_view bytes) {
  return hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

// The members of a head in their order, for writing and reading.
template <class Head, class Visit>
void each_member(Head& head, Visit&& visit) {
  auto& standing = head.standing;
  visit("number", head.number);
  visit("epoch", head.epoch);
  visit("page_size", standing.page_size);
  visit("pages", standing.pages);
  visit("journal_end", standing.journal_end);
  visit("recorded_at", standing.recorded_at.ms);
  visit("salt_1", standing.place.salts[0]);
  visit("salt_2", standing.place.salts[1]);
  visit("frame", standing.place.frame);
  visit("sum_1", standing.place.sums[0]);
  visit("sum_2", standing.place.sums[1]);
}

std::string text_of_head(const PagesHead& head) {
  std::string text(kFirstLine);
  text += head.base ? "\nkind base\nfollows " : "\nkind segment\nfollows ";
  text += head.follows;
  const auto add = [&](const char* name, auto value) {
    text += std::string("\n") + name + " " + std::to_string(value);
  };
  each_member(head, add);
  return text + "\n";
}

std::string_view line_of(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

bool read_member(std::string_view line, std::string_view name, auto& value) {
  if (!line.starts_with(name) || line.size() < name.size() + 2 || line[name.size()] != ' ') return false;
  const char* const end = line.data() + line.size();
  const auto read = std::from_chars(line.data() + name.size() + 1, end, value);
  return read.ec == std::errc() && read.ptr == end;
}

// Takes a head in the one spelling in which it is written.
bool parse_head(const std::string_view whole, PagesHead& head) {
  std::string_view text = whole;
  if (line_of(text) != kFirstLine) return false;
  const std::string_view kind = line_of(text);
  head.base = kind == "kind base";
  if (!head.base && kind != "kind segment") return false;
  const std::string_view follows = line_of(text);
  if (!follows.starts_with("follows ")) return false;
  head.follows = follows.substr(8);
  bool right = head.follows.size() == 2 * kDigestBytes;
  each_member(head, [&](const char* name, auto& value) { right &= read_member(line_of(text), name, value); });
  head.standing.epoch = head.epoch;
  const std::uint32_t size = head.standing.page_size;
  return right && text.empty() && size >= 512 && size <= 65536 && text_of_head(head) == whole;
}

}  // namespace

PagesFileWriter::PagesFileWriter(const std::filesystem::path& file, const std::optional<BackupKey>& key,
                                 const PagesHead& head)
    : file_(file, key), sum_(fresh_sum()) {
  const std::string text = text_of_head(head);
  write(number_bytes(static_cast<std::uint32_t>(text.size())));
  write(text);
}

void PagesFileWriter::write(std::string_view bytes) {
  add_to_sum(sum_.get(), bytes);
  file_.write(bytes);
}

void PagesFileWriter::add(std::uint32_t page, std::string_view content) {
  write(number_bytes(page));
  write(content);
}

std::string PagesFileWriter::finish(std::uint32_t whole_from) {
  write(number_bytes(0));
  write(number_bytes(whole_from));
  const std::string digest = end_of_sum(sum_.get());
  file_.write(digest);
  file_.finish();
  return hex_of(digest);
}

PagesFileReader::PagesFileReader(std::filesystem::path file, const std::optional<BackupKey>& key)
    : name_(std::move(file)), file_(name_, key), sum_(fresh_sum()) {
  read_head();
}

void PagesFileReader::read(std::size_t size, std::string& out) {
  if (!file_.read(size, out)) throw BackupDamaged(name_.string() + " is cut off");
  add_to_sum(sum_.get(), out);
}

void PagesFileReader::read_head() {
  std::string bytes;
  read(4, bytes);
  const std::uint32_t size = number_in(bytes);
  if (size > kHeadMax) throw BackupDamaged(name_.string() + " is no file of a followed backup");
  read(size, bytes);
  if (!parse_head(bytes, head_)) throw BackupDamaged(name_.string() + " is no file of a followed backup");
}

bool PagesFileReader::next(std::uint32_t& page, std::string& content) {
  std::string bytes;
  read(4, bytes);
  page = number_in(bytes);
  if (page != 0) {
    read(head_.standing.page_size, content);
    return true;
  }
  read(4, bytes);
  whole_from_ = number_in(bytes);
  const std::string digest = end_of_sum(sum_.get());
  if (!file_.read(kDigestBytes, bytes) || bytes != digest)
    throw BackupDamaged(name_.string() + " is damaged: its digest is not that of what it holds");
  if (file_.read(1, bytes)) throw BackupDamaged(name_.string() + " goes on behind its end");
  digest_ = hex_of(digest);
  return false;
}

}  // namespace motcua::store
