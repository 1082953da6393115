#include "engine/run/fork_check.h"

#include <algorithm>
#include <set>
#include <string>

#include "engine/run/workflow_check.h"

namespace motcua::run {
namespace {

std::string fork_pointer(std::size_t step, std::size_t edge) {
  return "/steps/" + std::to_string(step) + "/next/" + std::to_string(edge) + "/to";
}

// The steps of a branch, from its first up to where it joins.
struct Branch {
  std::set<std::size_t> steps;
  std::set<std::size_t> joins;
};

Branch follow(const core::Procedure& procedure, std::size_t first) {
  Branch branch;
  std::vector<std::size_t> open = {first};
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    if (procedure.steps[at].join) {
      branch.joins.insert(at);
    } else if (branch.steps.insert(at).second) {
      for (const std::size_t next : followers(procedure, at)) open.push_back(next);
    }
  }
  return branch;
}

class ForkCheck {
 public:
  ForkCheck(const core::Procedure& procedure, Source source) : procedure_(procedure), source_(source) {}

  void check() {
    for (std::size_t i = 0; i < procedure_.steps.size(); ++i) {
      const auto& edges = procedure_.steps[i].next;
      for (std::size_t e = 0; e < edges.size(); ++e) {
        if (edges[e].to.size() > 1) check_fork(i, e, edges[e].to);
      }
    }
    for (std::size_t i = 0; i < procedure_.steps.size(); ++i) {
      if (!procedure_.steps[i].join || joined_.contains(i)) continue;
      source_.report("/steps/" + std::to_string(i) + "/join",
                     "Expected branches of a fork that join here, but there are none");
    }
  }

 private:
  void check_fork(std::size_t step, std::size_t edge, const std::vector<core::Code>& to) {
    const std::string pointer = fork_pointer(step, edge);
    std::set<std::size_t> taken;
    std::set<std::size_t> joins;
    bool all_join = true;
    for (const core::Code& key : to) {
      const Branch branch = follow(procedure_, *procedure_.place_of(key));
      const std::string fault = fault_of(branch, step);
      if (!fault.empty()) source_.report(pointer, fault + " (the branch " + key.text + ")");
      all_join = all_join && fault.empty();
      const bool shared = std::any_of(branch.steps.begin(), branch.steps.end(),
                                      [&](std::size_t place) { return taken.contains(place); });
      if (all_join && shared) {
        source_.report(pointer, "Expected branches apart, but " + key.text + " meets another");
      }
      taken.insert(branch.steps.begin(), branch.steps.end());
      joins.insert(branch.joins.begin(), branch.joins.end());
    }
    if (all_join && joins.size() > 1) {
      source_.report(pointer, "Expected branches that join at one step, but there are several");
    }
    joined_.insert(joins.begin(), joins.end());
  }

  // What is wrong with a branch by itself; empty when nothing is.
  std::string fault_of(const Branch& branch, std::size_t fork) const {
    if (branch.steps.empty()) return "Expected a step before the join, but there is none";
    const bool ends = branch.steps.contains(procedure_.steps.size() - 1);
    if (ends || branch.joins.empty()) return "Expected branches that join, but a way of it never does";
    if (branch.steps.contains(fork)) return "Expected branches behind their fork, but a way leads before it";
    for (const std::size_t place : branch.steps) {
      const auto& edges = procedure_.steps[place].next;
      const bool forks = std::any_of(edges.begin(), edges.end(),
                                     [](const core::StepEdge& one) { return one.to.size() > 1; });
      if (forks)
        return "Expected no fork within a branch, but " + procedure_.steps[place].key.text + " is one";
    }
    return "";
  }

  const core::Procedure& procedure_;
  Source source_;
  std::set<std::size_t> joined_;
};

}  // namespace

void check_forks(const core::Procedure& procedure, Source source) { ForkCheck(procedure, source).check(); }

}  // namespace motcua::run
