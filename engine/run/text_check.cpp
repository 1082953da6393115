#include "engine/run/text_check.h"

#include <algorithm>
#include <limits>
#include <map>

#include "engine/run/seal.h"

namespace motcua::run {
namespace {

constexpr int kDossiersEach = 100;
constexpr std::size_t kNamedMax = 20;

using Texts = std::map<std::uint32_t, std::vector<core::TextRef>>;  // by the version of their record

Texts texts_of(store::Reader& reader, std::int64_t key) {
  Texts found;
  const auto take = [&](const auto& body) {
    if constexpr (requires { body.texts; }) {
      for (const core::TextRef& text : body.texts) found[text.version].push_back(text);
    }
  };
  for (const store::StoredEvent& one :
       reader.counting().history(key, std::numeric_limits<std::int64_t>::max()))
    std::visit(take, one.event.body);
  return found;
}

class TextChecker {
 public:
  TextChecker(store::Store& store, const Keyring* keyring) : store_(store), keyring_(keyring) {}

  TextCheck run() {
    store::DossierQuery query;
    query.scope = store::Scope::everything();
    query.limit = kDossiersEach;
    while (true) {
      const auto reader = store_.reader();
      const auto page = reader->dossiers(query);
      for (const store::Stored& stored : page) {
        if (!stored.dossier.erased_at) look_at(*reader, stored);
      }
      if (page.size() < static_cast<std::size_t>(kDossiersEach)) return std::move(found_);
      query.before_key = page.back().key;
    }
  }

 private:
  void look_at(store::Reader& reader, const store::Stored& stored) {
    for (const auto& [version, texts] : texts_of(reader, stored.key)) {
      found_.looked += static_cast<std::int64_t>(texts.size());
      const std::string sealed = reader.sealed(store::Scope::everything(), stored.dossier.id, version);
      const std::size_t wrong =
          sealed.empty() ? texts.size() : unlike(stored.dossier.id, version, sealed, texts);
      if (wrong > 0 && !is_erased_now(stored.dossier.id))
        note(stored.dossier.id, version, sealed.empty(), wrong);
    }
  }

  // How many of the texts the record does not hold.
  std::size_t unlike(const core::Uuid& dossier, std::uint32_t version, const std::string& sealed,
                     const std::vector<core::TextRef>& texts) const {
    if (keyring_ == nullptr) return 0;
    const auto opened = unseal(*keyring_, dossier, version, sealed);
    if (!opened) return texts.size();
    std::vector<core::TextRef> held;
    for (const Fragment& fragment : *opened) held.push_back(text_ref(*keyring_, dossier, version, fragment));
    return static_cast<std::size_t>(std::count_if(texts.begin(), texts.end(), [&](const core::TextRef& text) {
      return std::find(held.begin(), held.end(), text) == held.end();
    }));
  }

  // Keys are destroyed outside the database: what was about to be erased may be gone meanwhile.
  bool is_erased_now(const core::Uuid& dossier) {
    const auto stored = store_.reader()->find(store::Scope::everything(), dossier);
    return stored && stored->dossier.erased_at;
  }

  void note(const core::Uuid& dossier, std::uint32_t version, bool missing, std::size_t count) {
    (missing ? found_.missing : found_.damaged) += static_cast<std::int64_t>(count);
    if (found_.first.size() < kNamedMax)
      found_.first.push_back("dossier " + core::to_string(dossier) + ": what was typed for version " +
                             std::to_string(version) +
                             (missing ? " is not there" : " does not open, or is another text"));
  }

  store::Store& store_;
  const Keyring* const keyring_;
  TextCheck found_;
};

}  // namespace

TextCheck check_texts(store::Store& store, const Keyring* keyring) {
  return TextChecker(store, keyring).run();
}

}  // namespace motcua::run
