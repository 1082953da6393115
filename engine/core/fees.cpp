#include "engine/core/fees.h"

#include <algorithm>

namespace motcua::core {
namespace {

bool applies(const FeeDefinition& fee, Channel channel, const Code& variant) {
  return (fee.variant.empty() || fee.variant == variant) && (!fee.channel || fee.channel == channel);
}

int named(const FeeDefinition& fee) { return (fee.variant.empty() ? 0 : 1) + (fee.channel ? 1 : 0); }

}  // namespace

std::int64_t PaymentRecord::amount_vnd() const {
  std::int64_t sum = 0;
  for (const PaymentItem& item : items) sum += item.amount_vnd;
  return sum;
}

std::vector<PaymentItem> fees_of(const Procedure& procedure, Channel channel, const Code& variant) {
  std::vector<PaymentItem> items;
  if (procedure.fees.empty()) {
    const ChannelTerm* term = procedure.term(channel, variant);
    if (term != nullptr && term->fee_vnd.value_or(0) > 0) items.push_back({Code("fee"), *term->fee_vnd});
    return items;
  }
  std::vector<const FeeDefinition*> chosen;  // one of each key, as it came first
  for (const FeeDefinition& fee : procedure.fees) {
    if (!applies(fee, channel, variant)) continue;
    const auto same = std::find_if(chosen.begin(), chosen.end(),
                                   [&](const FeeDefinition* other) { return other->key == fee.key; });
    if (same == chosen.end()) {
      chosen.push_back(&fee);
    } else if (named(fee) > named(**same)) {
      *same = &fee;
    }
  }
  for (const FeeDefinition* fee : chosen) {
    if (fee->amount_vnd > 0) items.push_back({fee->key, fee->amount_vnd});
  }
  return items;
}

std::vector<PaymentItem> fees_left(const Procedure& procedure, const Dossier& dossier) {
  std::vector<PaymentItem> items = fees_of(procedure, dossier.channel, dossier.variant);
  for (const PaymentRecord& record : dossier.payments) {
    if (record.is_open()) continue;
    for (const PaymentItem& done : record.items) {
      std::erase_if(items, [&](const PaymentItem& item) { return item.key == done.key; });
    }
  }
  return items;
}

}  // namespace motcua::core
