#include "engine/run/publishable.h"

#include <algorithm>
#include <stdexcept>

#include "engine/store/described.h"

namespace motcua::run {
namespace {

// Members that hold a word, by what it is.
constexpr std::string_view kOfficers[] = {"officer", "asked_by", "from_officer", "to_officer",
                                          "holder_officer"};
constexpr std::string_view kDossierCodes[] = {"code", "result", "successor", "replaced", "annulled"};
constexpr std::string_view kForeign[] = {"source", "external_ref", "reference", "refund_reference"};
constexpr std::string_view kPublic[] = {"agency",
                                        "annulled",
                                        "calendar",
                                        "calendar_version",
                                        "competent_agency",
                                        "consultation",
                                        "from_agency",
                                        "ground",
                                        "holder_agency",
                                        "holder_unit",
                                        "join",
                                        "key",
                                        "kind",
                                        "layer",
                                        "linked_agencies",
                                        "missing",
                                        "next_agency",
                                        "next_step",
                                        "of",
                                        "procedure",
                                        "receiving_agency",
                                        "rule",
                                        "step",
                                        "to",
                                        "to_agency",
                                        "unit",
                                        "variant",
                                        "waiver"};

template <std::size_t N>
bool is_among(const std::string_view (&words)[N], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

class Publishing {
 public:
  explicit Publishing(const PublicNames& names) : names_(names) {}

  template <class T>
  void operator()(std::string_view name, T& member) const {
    if constexpr (std::same_as<T, core::Code>) {
      word(name, member);
    } else if constexpr (std::same_as<T, std::vector<core::TextRef>> ||
                         std::same_as<T, std::vector<core::Fact>>) {
      member.clear();
    } else if constexpr (std::same_as<T, std::optional<core::Uuid>> ||
                         std::same_as<T, std::optional<core::LinkedFrom>>) {
      member.reset();
    } else if constexpr (std::same_as<T, core::Uuid>) {
      member = core::Uuid();
    } else if constexpr (store::kIsVector<T>) {
      for (auto& item : member) (*this)(name, item);
    } else if constexpr (store::kIsOptional<T>) {
      if (member) (*this)(name, *member);
    } else if constexpr (store::Described<T>) {
      T::describe(member, *this);
    } else {
      static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T> || std::same_as<T, core::Instant> ||
                    std::same_as<T, core::WorkingTime> || std::same_as<T, core::Date>);
    }
  }

 private:
  void word(std::string_view name, core::Code& code) const {
    if (code.empty()) return;
    if (is_among(kOfficers, name)) {
      code = core::Code(names_.person(code));
    } else if (is_among(kForeign, name)) {
      code = core::Code();
    } else if (is_among(kDossierCodes, name)) {
      if (!names_.masked_code.empty()) code = core::Code(names_.masked_code);
    } else if (!is_among(kPublic, name)) {
      throw std::logic_error("nothing says whether the public may see " + std::string(name));
    }
  }

  const PublicNames& names_;
};

}  // namespace

core::Event publishable(core::Event event, const PublicNames& names) {
  const Publishing publishing(names);
  event.id = core::Uuid();
  event.dossier = core::Uuid();
  event.cause_id = core::Uuid();
  event.caller = core::Code();
  event.on_behalf_of = core::Code();
  for (core::ClockChange& change : event.clocks) core::ClockChange::describe(change, publishing);
  std::visit([&](auto& body) { std::remove_cvref_t<decltype(body)>::describe(body, publishing); },
             event.body);
  return event;
}

}  // namespace motcua::run
