#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/decide.h"

namespace motcua::core {

// How `decide` says no. Used by it and its checks only.

using Faults = std::vector<Rejection::Fault>;

// "Expected <what>, but <but>".
std::string expected(std::string_view what, std::string_view but);
Rejection conflict(std::string_view code, std::string detail);
// One fault is the rejection itself; of several, the rejection is their sum. Requires that there is one.
Rejection invalid(Faults faults);
Rejection invalid(std::string_view pointer, std::string_view code, std::string detail);

// Every fault of a submission at once; nothing when it may be filed. The context's pointers may be null.
std::optional<Rejection> check_submission(const SubmitDossier& submit, std::optional<Instant> received_at,
                                          const Context& context);
Code submitted_variant(const SubmitDossier& submit);

// A procedure from a catalogue lists no papers: then any may come.
void check_paper(const Procedure& procedure, const Code& key, std::string pointer, Faults& faults);
void check_papers(const Procedure& procedure, const std::vector<PaperHanded>& papers, Faults& faults);
void check_facts(const Procedure& procedure, const std::vector<Fact>& facts, Faults& faults);

}  // namespace motcua::core
