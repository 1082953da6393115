#pragma once

#include <map>
#include <string>
#include <vector>

namespace motcua::testing {

// A request that writes, as it was sent, and what came back.
struct Attempt {
  std::string key;
  std::string target;
  std::string body;
  std::string word;  // of a submission: the word of the owner's name that no other has
  int status = 0;    // 0: nothing came back
  std::string id, code;
  int version = 0;

  bool took_effect() const { return status == 200 || status == 201; }
  bool was_rejected() const { return status == 409 || status == 422; }
  // What the client may rely on; all else it has to ask again under its key.
  bool acknowledged() const { return took_effect() || was_rejected(); }
};

struct KnownDossier {
  int version = 0;  // at least
  std::string code;
  std::string state;  // when it was last verified
};

// All that one database has acknowledged.
struct Ledger {
  std::vector<Attempt> attempts;  // since the last start
  std::map<std::string, KnownDossier> dossiers;
  std::string clock;  // the furthest instant to which the virtual clock was seen to move
  int answers = 0;    // acknowledged so far

  void note(const std::string& id, int version, const std::string& code) {
    KnownDossier& known = dossiers[id];
    if (version > known.version) known.version = version;
    if (!code.empty()) known.code = code;
  }
};

// What was counted and what was found wrong, over many rounds.
struct Tally {
  int acknowledged = 0;
  int effects = 0;  // of these: what was not a rejection
  int unanswered = 0;
  int lost = 0;  // acknowledged answers whose effect is not there
  std::vector<std::string> faults;

  void fault(const std::string& what) { faults.push_back(what); }
  void lose(const std::string& what) {
    ++lost;
    fault("lost: " + what);
  }
  // The first of them, for people.
  std::string summary() const {
    std::string text = std::to_string(acknowledged) + " acknowledged answers (" +
                       std::to_string(acknowledged - effects) + " of them rejections), " +
                       std::to_string(unanswered) + " requests without one; " + std::to_string(lost) +
                       " acknowledged answers lost, " + std::to_string(faults.size()) + " faults\n";
    for (std::size_t i = 0; i < faults.size() && i < 10; ++i) text += "  " + faults[i] + '\n';
    return text;
  }
};

}  // namespace motcua::testing
