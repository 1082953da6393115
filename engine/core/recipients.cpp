#include "engine/core/recipients.h"

#include <algorithm>

#include "engine/core/rights.h"

namespace motcua::core {
namespace {

const Code kCounterOfficer{"counter_officer"};
const Code kHandlingOfficer{"handling_officer"};
const Code kUnitHead{"unit_head"};
const Code kOneStopHead{"one_stop_head"};
const Code kAgencyHead{"agency_head"};

class RecipientFinder {
 public:
  RecipientFinder(const Dossier& dossier, const Procedure* procedure, ClockKind clock, const Code& owing,
                  const Code& provincial_unit, Date on, const FindAgency& find)
      : dossier_(dossier),
        procedure_(procedure),
        clock_(clock),
        owing_(owing),
        provincial_unit_(provincial_unit),
        on_(on),
        find_(find) {}

  void add(AlertRole role) {
    met_ = false;
    // Whoever has it may not say why it is late: that is asked of the head.
    const bool asks_the_head = clock_ == ClockKind::explanation && role == AlertRole::holder;
    if (asks_the_head) role = AlertRole::unit_head;
    role_ = role;
    switch (role) {
      case AlertRole::holder:
        add_holder();
        if (!met_) add_unit_head();
        if (!met_) add_heads(kAgencyHead, kOneStopHead);
        break;
      case AlertRole::unit_head:
        add_unit_head();
        if (!met_) add_heads(kAgencyHead, kOneStopHead);
        break;
      case AlertRole::one_stop_head:
        add_all(dossier_.receiving_agency, kOneStopHead);
        if (!met_) add_all(dossier_.receiving_agency, kAgencyHead);
        break;
      case AlertRole::agency_head:
        add_heads(kAgencyHead, kOneStopHead);
        break;
      case AlertRole::provincial_office:
        add_provincial_office();
        break;
    }
    if (!met_ && clock_ == ClockKind::explanation) add_heads_above();
    if (!met_) add_agency(role == AlertRole::one_stop_head ? dossier_.receiving_agency : owing_);
  }

  std::vector<Recipient> take() { return std::move(found_); }

 private:
  void add_holder() {
    const bool at_counter = clock_ == ClockKind::citizen_wait && dossier_.holder_officer.empty();
    if (clock_ == ClockKind::intake_alert || clock_ == ClockKind::acceptance ||
        clock_ == ClockKind::forward || at_counter) {
      return add_all(owing_, kCounterOfficer);
    }
    for (const ParallelStep& branch : dossier_.parallel) {
      if (clock_ == ClockKind::step && branch.agency == owing_) add_at_step(branch.step, branch.officer);
    }
    if (dossier_.holder_agency == owing_) add_at_step(dossier_.step, dossier_.holder_officer);
  }

  // Who has the step; while nobody does, those whose step it is by its role. One that is for anybody who
  // handles is assigned by the head of the unit.
  void add_at_step(const Code& key, const Code& officer) {
    if (!officer.empty()) return add_officer(owing_, officer);
    const StepDefinition* step = procedure_ == nullptr || key.empty() ? nullptr : procedure_->step(key);
    if (step != nullptr && step->role != kHandlingOfficer && step->role != kUnitHead)
      add_all(owing_, step->role);
  }

  void add_unit_head() {
    const Agency* agency = find_(owing_);
    if (agency == nullptr) return;
    if (!agency->exists_on(on_))
      return;  // nor does its unit, and which of an heir's took its place is not known
    const bool holds = dossier_.holder_agency == owing_;
    const Code& unit = holds ? dossier_.holder_unit : provincial_unit_;
    for (const Officer& officer : agency->officers) {
      if (officer.role == kUnitHead && !unit.empty() && officer.unit == unit) add(*agency, officer);
    }
    // Where the unit is not known, it may be any.
    if (!met_ && (!holds || unit.empty())) add_all(owing_, kUnitHead);
  }

  // Those of the first role, or where it has nobody, of the second.
  void add_heads(const Code& first, const Code& second) {
    add_all(owing_, first);
    if (!met_) add_all(owing_, second);
  }

  // Of the nearest agency above that has one who may.
  void add_heads_above() {
    const Agency* agency = find_(owing_);
    while (!met_ && agency != nullptr && !agency->parent.empty()) {
      agency = find_(agency->parent);
      if (agency != nullptr) add_all(agency->code, kAgencyHead);
    }
  }

  void add_provincial_office() {
    const Agency* top = find_(owing_);
    while (top != nullptr && !top->parent.empty()) {
      const Agency* above = find_(top->parent);
      if (above == nullptr) break;
      top = above;
    }
    if (top == nullptr) return;
    for (const Officer& officer : top->officers) {
      if (officer.unit == provincial_unit_ && officer.role == kUnitHead) add(*top, officer);
    }
    if (!met_) add_all(top->code, kAgencyHead);
  }

  // The agency or, as positions end with theirs, those into which it was merged.
  std::vector<const Agency*> working(const Code& code) const {
    std::vector<const Agency*> all{find_(code)};
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i] == nullptr || all[i]->exists_on(on_)) continue;
      for (const Code& heir : all[i]->successors) {
        if (std::find(all.begin(), all.end(), find_(heir)) == all.end()) all.push_back(find_(heir));
      }
    }
    std::erase_if(all, [this](const Agency* one) { return one == nullptr || !one->exists_on(on_); });
    return all;
  }

  void add_all(const Code& code, const Code& role) {
    for (const Agency* agency : working(code)) {
      for (const Officer& officer : agency->officers) {
        if (officer.role == role) add(*agency, officer);
      }
    }
  }

  void add_officer(const Code& code, const Code& id) {
    const Agency* agency = find_(code);
    const Officer* officer = agency == nullptr || id.empty() ? nullptr : agency->officer(id);
    if (officer != nullptr && agency->exists_on(on_)) add(*agency, *officer);
  }

  void add(const Agency& agency, const Officer& officer) {
    put({agency.code, officer.unit, officer.id, Code(), role_});
    for (const Deputy& deputy : officer.deputies) {
      const Officer* acting = agency.officer(deputy.officer);
      if (acting == nullptr || on_ < deputy.from || deputy.to < on_) continue;
      put({agency.code, acting->unit, acting->id, officer.id, role_});
    }
  }

  void add_agency(const Code& code) {
    for (const Agency* agency : working(code)) put({agency->code, Code(), Code(), Code(), role_});
    if (!met_) put({code, Code(), Code(), Code(), role_});
  }

  void put(Recipient recipient) {
    // Who handled a dossier does not explain its lateness (core/rights.h): such a one is not asked to.
    if (clock_ == ClockKind::explanation && handled(dossier_, recipient.officer)) return;
    met_ = true;
    const bool known = std::any_of(found_.begin(), found_.end(), [&](const Recipient& one) {
      return one.agency == recipient.agency && one.officer == recipient.officer;
    });
    if (!known) found_.push_back(std::move(recipient));
  }

  const Dossier& dossier_;
  const Procedure* const procedure_;
  const ClockKind clock_;
  const Code& owing_;
  const Code& provincial_unit_;
  const Date on_;
  const FindAgency& find_;
  AlertRole role_ = AlertRole::holder;
  bool met_ = false;  // somebody has the role, perhaps known before
  std::vector<Recipient> found_;
};

}  // namespace

std::vector<Recipient> find_recipients(const std::vector<AlertRole>& roles, const Dossier& dossier,
                                       const Procedure* procedure, ClockKind clock, const Code& owing,
                                       const Code& provincial_unit, Date on, const FindAgency& find) {
  RecipientFinder finder(dossier, procedure, clock, owing, provincial_unit, on, find);
  for (const AlertRole role : roles) finder.add(role);
  return finder.take();
}

}  // namespace motcua::core
