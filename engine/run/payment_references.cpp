#include <algorithm>

#include "engine/run/group.h"

// A reference names one payment of all dossiers that an agency received. The payment's event is what says so;
// a search token of agency and reference, written with it, finds the dossier.
namespace motcua::run {
namespace {

// Tokens have 64 bits, so that hardly ever two references share one.
constexpr int kSameTokenMax = 16;

std::uint64_t token_of(const Keyring& keyring, const core::Code& agency, const core::Code& reference) {
  return keyring.search_token("payment", agency.text + ' ' + reference.text);
}

}  // namespace

bool GroupDecider::reference_elsewhere(const core::CommandBody& body, const core::Dossier& dossier,
                                       std::span<const store::Write> group) {
  const auto* payment = std::get_if<core::ConfirmPayment>(&body);
  if (payment == nullptr) return false;
  const auto has_it = [&](const core::Dossier& other) {
    if (other.id == dossier.id || other.receiving_agency != dossier.receiving_agency) return false;
    return std::any_of(other.payments.begin(), other.payments.end(),
                       [&](const auto& record) { return record.reference == payment->reference; });
  };
  if (std::any_of(group.begin(), group.end(),
                  [&](const store::Write& write) { return has_it(write.after); })) {
    return true;
  }
  store::DossierQuery query;
  query.scope = store::Scope::everything();
  query.tokens = {token_of(keyring_, dossier.receiving_agency, payment->reference)};
  query.limit = kSameTokenMax;
  const std::vector<store::Stored> holders = store_.reader()->dossiers(query);
  return std::any_of(holders.begin(), holders.end(),
                     [&](const store::Stored& stored) { return has_it(stored.dossier); });
}

std::vector<std::uint64_t> GroupDecider::tokens_of(const Order& order, const core::Dossier& dossier) const {
  const auto* payment = std::get_if<core::ConfirmPayment>(&order.command.body);
  if (payment == nullptr) return order.search_tokens;
  return {token_of(keyring_, dossier.receiving_agency, payment->reference)};
}

}  // namespace motcua::run
