#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tests/support/service.h"

namespace motcua::test {

// The real service in sandbox mode, and the dossiers of one scenario by the names that it gives them.
// Everything goes over HTTP. What goes wrong is thrown as std::runtime_error, in words.
class Stage {
 public:
  // Starts the service at the first instant, moves its clock at each later one. "2026-08-21T16:00:00+07:00".
  void set_clock(const std::string& instant);

  // Files a dossier under a name, or gives one a command. `refused` is the code of the expected refusal,
  // empty when it must be taken.
  void submit(const std::string& name, const nlohmann::json& body, const std::string& refused);
  void command(const std::string& name, const std::string& word, const nlohmann::json& body,
               const std::string& refused);

  // The required papers of a variant, as a submission hands them in; none where the procedure is unknown.
  nlohmann::json required_papers(const std::string& procedure, const std::string& variant);
  nlohmann::json dossier(const std::string& name);
  // Gives a name to the dossier that another one opened.
  void adopt(const std::string& name, const std::string& opener, std::size_t consultation);
  // The last term of a clock; null when it never started.
  nlohmann::json clock(const std::string& name, const std::string& kind);
  // The types of its last events, in order, "stopped, stop_countered".
  // Whose the delay of the last term is at an instant, as written in an address: "H32.101/unit/officer 90,
  // H32.5 30" in working seconds; "nobody".
  std::string shares(const std::string& name, const std::string& at);
  std::string last_events(const std::string& name, std::size_t count);
  // The names of the scenario's dossiers on a list, in order of name, each once.
  std::vector<std::string> names_on(const std::string& target);

 private:
  testing::HttpClient& client();
  nlohmann::json get(const std::string& target);
  const std::string& id_of(const std::string& name) const;

  std::unique_ptr<testing::RunningService> service_;
  std::unique_ptr<testing::HttpClient> client_;
  std::map<std::string, std::string> ids_;
};

}  // namespace motcua::test
