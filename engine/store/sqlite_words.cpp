#include "engine/store/sqlite_words.h"

#include "engine/store/store.h"

namespace motcua::store::sqlite {
namespace {

constexpr std::size_t kCachedMax = 50'000;

std::string cache_key(Vocabulary vocabulary, const std::string& text) {
  std::string key;
  key.reserve(text.size() + 1);
  key += static_cast<char>('a' + static_cast<int>(vocabulary));
  key += text;
  return key;
}

}  // namespace

Words::Words(Connection& connection)
    : find_(connection, "SELECT id FROM word WHERE vocabulary = ?1 AND text = ?2"),
      add_(connection, "INSERT INTO word(vocabulary, text) VALUES(?1, ?2) RETURNING id"),
      read_(connection, "SELECT text FROM word WHERE id = ?1"),
      agencies_(connection, "SELECT id FROM word WHERE vocabulary = 0") {}

std::int64_t Words::known(Vocabulary vocabulary, const std::string& text) {
  if (text.empty()) return 0;
  std::string key = cache_key(vocabulary, text);
  if (const auto found = ids_.find(key); found != ids_.end()) return found->second;
  std::int64_t id = 0;
  {
    Rows rows = find_.rows(static_cast<std::int64_t>(vocabulary), text);
    if (!rows.next()) return 0;
    id = rows.integer(0);
  }
  keep_small();
  ids_.emplace(std::move(key), id);
  return id;
}

std::int64_t Words::intern(Vocabulary vocabulary, const std::string& text) {
  if (const std::int64_t id = known(vocabulary, text); id != 0 || text.empty()) return id;
  std::int64_t id = 0;
  {
    Rows rows = add_.rows(static_cast<std::int64_t>(vocabulary), text);
    if (rows.next()) id = rows.integer(0);
  }
  ids_.emplace(cache_key(vocabulary, text), id);
  return id;
}

const std::string& Words::text(std::int64_t id) {
  static const std::string kNone;
  if (id == 0) return kNone;
  if (const auto found = texts_.find(id); found != texts_.end()) return found->second;
  keep_small();
  Rows rows = read_.rows(id);
  if (!rows.next()) throw StoreError("the database is damaged: word " + std::to_string(id) + " is missing");
  return texts_.emplace(id, rows.text(0)).first->second;
}

std::vector<std::int64_t> Words::agencies() {
  std::vector<std::int64_t> ids;
  Rows rows = agencies_.rows();
  while (rows.next()) ids.push_back(rows.integer(0));
  return ids;
}

void Words::forget() {
  ids_.clear();
  texts_.clear();
}

void Words::keep_small() {
  if (ids_.size() > kCachedMax) ids_.clear();
  if (texts_.size() > kCachedMax) texts_.clear();
}

std::string day_first(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::string(text);
  std::string turned(text.substr(dash + 1));
  turned += '-';
  turned += text.substr(0, dash);
  return turned;
}

}  // namespace motcua::store::sqlite
