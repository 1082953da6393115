#include "engine/core/notice.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace motcua::core {
namespace {

// By the name of the event, as the list of notices of the issue has them; empty: the citizen is not told.
const std::map<std::string, std::string> kTold = {
    {"dossier.submitted", "received"},
    {"dossier.accepted", "accepted"},
    {"dossier.refused", "refused"},
    {"dossier.supplement_requested", "supplement_wanted"},
    {"dossier.supplement_received", ""},
    {"dossier.supplement_accepted", ""},
    {"dossier.step_assigned", ""},
    {"dossier.step_completed", ""},
    {"dossier.settled", "result_ready"},
    {"dossier.result_returned", ""},
    {"dossier.withdrawn", "withdrawn"},
    {"dossier.stopped", "stopped"},
    {"dossier.adjusted", ""},
    {"dossier.clocks_derived", ""},
    {"dossier.stop_countered", "reopened"},
    {"dossier.suspended", ""},
    {"dossier.resumed", ""},
    {"dossier.extended", ""},
    {"dossier.reappointed", "reappointed"},
    {"dossier.apology_sent", ""},
    {"dossier.lateness_explained", ""},
    {"dossier.step_returned", ""},
    {"dossier.agency_consulted", ""},
    {"dossier.consultation_answered", ""},
    {"dossier.payment_requested", "payment_asked"},
    {"dossier.payment_confirmed", ""},
    {"dossier.payment_waived", ""},
    {"dossier.refund_owed", ""},
    {"dossier.refund_confirmed", ""},
    {"dossier.result_announced", "result_ready"},
    {"dossier.result_replaced", ""},
    {"dossier.result_annulled", ""},
    {"dossier.corrected", ""},
    {"dossier.forwarded", ""},
    {"dossier.forward_received", ""},
    {"dossier.forward_recalled", ""},
    {"dossier.forward_returned", ""},
    {"dossier.imported", ""},
    {"dossier.erased", ""},
    {"journal.restored", ""},
    {"dossier.awaiting_changed", ""},
};

std::string told(const EventBody& body) {
  const auto kind = notice_of(body);
  return kind ? std::string(word_of(*kind)) : "";
}

template <class... Body>
std::vector<EventBody> one_of_each(const std::variant<Body...>*) {
  return {EventBody(Body{})...};
}

TEST(Notice, IsCalledForByTheEventsOfTheTableAndByNoOther) {
  const auto bodies = one_of_each(static_cast<const EventBody*>(nullptr));
  EXPECT_EQ(bodies.size(), kTold.size());
  for (const EventBody& body : bodies) {
    const auto row = kTold.find(std::string(type_of(body)));
    ASSERT_NE(row, kTold.end()) << type_of(body);
    EXPECT_EQ(told(body), row->second) << row->first;
  }
}

TEST(Notice, OfAnAnnouncedResultSaysWhetherItIsEarly) {
  EXPECT_EQ(told(ResultAnnounced{true}), "result_early");
  EXPECT_EQ(told(ResultAnnounced{false}), "result_ready");
}

TEST(Notice, HasAWordForEachKind) {
  EXPECT_EQ(std::size(EnumWords<NoticeKind>::words), static_cast<std::size_t>(kNoticeKinds));
  EXPECT_EQ(word_of(NoticeKind::received), "received");
  EXPECT_EQ(word_of(NoticeKind::result_ready), "result_ready");
}

}  // namespace
}  // namespace motcua::core
