#include "tests/scenarios/language.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <stdexcept>

#include "engine/core/time.h"

namespace motcua::test {
namespace {

using nlohmann::json;

// "2026-08-21 16:00", with ":30" or ":30.001" where needed, and 24:00 for a day's end, as the API writes it.
std::string instant_of(const std::string& words) {
  const bool ends_day = words.size() == 16 && words.ends_with("24:00");
  std::string text = words.substr(0, 10) + "T" + (ends_day ? "00:00" : words.substr(11));
  if (text.size() == 16) text += ":00";
  const auto instant = core::parse_instant(text + "+07:00");
  if (!instant) throw std::runtime_error("no instant: " + words);
  const core::ClockTime shift{ends_day ? core::kDayMs : 0};
  return core::format_instant(*instant + shift, core::kVietnamOffsetMinutes);
}

std::string in_address(const std::string& words) {
  std::string instant = instant_of(words);
  return instant.replace(instant.find('+'), 1, "%2B");
}

std::string shown(const json& value) {
  if (value.is_null()) return "nothing";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void expect_equal(const std::string& found, const std::string& expected) {
  if (found != expected) throw std::runtime_error("it is " + found);
}

using Words = std::smatch;
using Play = std::function<void(Stage&, const Words&)>;
struct Sentence {
  std::regex form;
  Play play;
};

const std::string kInstant = R"((\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d(?:\.\d{3})?)?))";
// What an act may end with: when it happened, if not now, and how it is refused.
const std::string kActEnd = "(?:, in truth at " + kInstant + ")?(?:: refused (\\w+))?";

// "A <form>" gives dossier A a command, with a body made of the captured words.
Sentence act(const std::string& form, std::string command, std::function<json(const Words&)> body) {
  return {std::regex("(\\w+) " + form + kActEnd),
          [command = std::move(command), body = std::move(body)](Stage& stage, const Words& words) {
            json sent = body(words);
            const std::string occurred = words[words.size() - 2];
            if (!occurred.empty()) sent["occurred_at"] = instant_of(occurred);
            stage.command(words[1], command, sent, words[words.size() - 1]);
          }};
}

json nothing(const Words&) { return json::object(); }
json reason(const Words&) { return {{"reason", "Lý do"}}; }

std::vector<std::string> split(const std::string& words) {
  std::vector<std::string> parts;
  std::stringstream all(words);
  for (std::string part; all >> part;) parts.push_back(part);
  return parts;
}

json papers_asked(const Words& words) {
  json body = reason(words);
  for (const std::string& key : split(words[2])) body["missing"].push_back(key);
  return body;
}

json papers_brought(const Words& words) {
  json body = json::object();
  for (const std::string& key : split(words[2])) {
    body["papers"].push_back({{"key", key}, {"form", "copy"}});
  }
  return body;
}

json fees_asked(const Words& words) {
  json body = json::object();
  for (const std::string& key : split(words[2])) body["items"].push_back(key);
  return body;
}

// "persons 4 and linked same_commune and moved_in true"
const std::string kFacts = R"((\w+ [\w-]+(?: and \w+ [\w-]+)*))";

json value_of(const std::string& word) {
  if (word == "true" || word == "false") return word == "true";
  const bool is_number = word.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? json(std::stoll(word)) : json(word);
}

json facts_of(const std::string& words) {
  const std::vector<std::string> parts = split(words);
  json facts = json::object();
  for (std::size_t i = 0; i + 1 < parts.size(); i += 3) facts[parts[i]] = value_of(parts[i + 1]);
  return facts;
}

json paid(const Words& words) {
  return {{"amount_vnd", std::stoll(words[2].str())}, {"reference", words[3].str()}};
}

std::vector<Sentence> acts_of_a_case() {
  return {
      act("is asked to pay", "request-payment", nothing),
      act("is asked to pay ([\\w ]+)", "request-payment", fees_asked),
      act("pays (\\d+) with ([\\w-]+)", "confirm-payment", paid),
      act("need not pay as (\\w+)", "waive-payment",
          [](const Words& w) {
            return json{{"ground", w[2].str()}, {"reason", "Lý do"}};
          }),
      act("is refunded (\\d+) with ([\\w-]+)", "confirm-refund", paid),
      act("is announced", "announce-result", nothing),
      act("has ([\\w.-]+) replaced, as (\\w+)", "replace-result",
          [](const Words& w) {
            return json{{"result", w[2].str()},
                        {"outcome", w[3].str()},
                        {"result_form", "paper"},
                        {"reason", "Lý do"}};
          }),
      act("has ([\\w.-]+) annulled", "annul-result",
          [](const Words& w) {
            return json{{"result", w[2].str()}, {"reason", "Lý do"}};
          }),
      act("has event (\\d+) corrected by ([\\w.]+)(?: to " + kInstant + ")?", "correct",
          [](const Words& w) {
            json body{{"version", std::stoi(w[2].str())}, {"on_behalf_of", w[3].str()}, {"reason", "Lý do"}};
            if (w[4].matched) body["occurred_at"] = instant_of(w[4]);
            return body;
          }),
  };
}

void file(Stage& stage, const Words& words) {
  const auto word = [&](std::size_t i) { return words[i].str(); };
  json body = {{"channel", word(2)}, {"procedure", word(3)}, {"receiving_agency", word(5)}};
  body["owner"] = {{"kind", words[8].matched ? word(8) : "citizen"}, {"name", "Nguyễn Văn Ước"}};
  if (words[4].matched) body["variant"] = word(4);
  if (words[6].matched) body["competent_agency"] = word(6);
  if (words[7].matched) body["accept"] = true;
  if (words[9].matched) body["code"] = word(9);
  body["papers"] = stage.required_papers(word(3), words[4].matched ? word(4) : "default");
  for (const std::string& left_out : split(word(10))) {
    std::erase_if(body["papers"].get_ref<json::array_t&>(),
                  [&](const json& paper) { return paper.at("key") == left_out; });
  }
  if (words[11].matched) body["received_at"] = instant_of(word(11));
  stage.submit(word(1), body, word(12));
}

std::vector<Sentence> acts() {
  const std::string filed =
      R"((\w+) is filed (\w+) under ([\d.]+)(?: \((\w+)\))? at ([\w.]+))"
      R"((?:, decided by ([\w.]+))?(, and accepted)?(?:, for a (\w+))?(?:, as ([^\s,:]+))?(?:, without ([\w ]+))?)";
  return {
      {std::regex("at " + kInstant), [](Stage& s, const Words& w) { s.set_clock(instant_of(w[1])); }},
      {std::regex(filed + kActEnd), file},
      act("is accepted", "accept", nothing),
      act("is accepted, with an appointment at " + kInstant, "accept",
          [](const Words& w) {
            return json{{"appointment_at", instant_of(w[2])}, {"reason", "Lý do"}};
          }),
      act("is refused", "refuse", reason),
      act("is asked for a supplement", "request-supplement", reason),
      act("is asked for ((?!a )[\\w ]+)", "request-supplement", papers_asked),
      act("is supplemented", "supplement", nothing),
      act("is supplemented with ([\\w ]+)", "supplement", papers_brought),
      act("is found complete", "accept-supplement", nothing),
      act("is assigned to ([\\w.]+)", "assign",
          [](const Words& w) {
            return json{{"officer", w[2].str()}};
          }),
      act("completes its step", "complete-step", nothing),
      act("completes the step (\\w+)", "complete-step",
          [](const Words& w) {
            return json{{"step", w[2].str()}};
          }),
      act("completes its step as (\\w+)", "complete-step",
          [](const Words& w) {
            return json{{"outcome", w[2].str()}};
          }),
      act("completes its step, with " + kFacts, "complete-step",
          [](const Words& w) {
            return json{{"facts", facts_of(w[2])}};
          }),
      act("completes the step (\\w+), with " + kFacts, "complete-step",
          [](const Words& w) {
            return json{{"step", w[2].str()}, {"facts", facts_of(w[3])}};
          }),
      act("is given back to (\\w+)", "return-step",
          [](const Words& w) {
            return json{{"to", w[2].str()}, {"reason", "Lý do"}};
          }),
      act("is put to ([\\w.]+)(?: for (\\w+))?", "consult",
          [](const Words& w) {
            json body{{"agency", w[2].str()}, {"reason", "Lý do"}};
            if (w[3].matched) body["consultation"] = w[3].str();
            return body;
          }),
      act("has consultation (\\d+) answered (\\w+)", "answer-consultation",
          [](const Words& w) {
            return json{{"number", std::stoll(w[2])}, {"outcome", w[3].str()}};
          }),
      act("is handed over", "forward", nothing),
      act("is received", "receive-forwarded", nothing),
      act("is received by ([\\w.]+)", "receive-forwarded",
          [](const Words& w) {
            return json{{"officer", w[2].str()}};
          }),
      act("is taken back", "recall-forwarded", nothing),
      act("is sent back", "return-forwarded", reason),
      act("is settled", "settle",
          [](const Words&) {
            return json{{"outcome", "granted"}, {"result_form", "electronic"}};
          }),
      act("is settled as (\\w+)", "settle",
          [](const Words& w) {
            return json{{"outcome", w[2].str()}, {"result_form", "paper"}, {"reason", "Lý do"}};
          }),
      act("is returned", "return-result", nothing),
      act("is withdrawn", "withdraw", reason),
      act("is suspended on (\\w+)(?: until " + kInstant + ")?", "suspend",
          [](const Words& w) {
            json body = {{"ground", w[2].str()}, {"reason", "Lý do"}};
            if (w[3].matched) body["until"] = instant_of(w[3]);
            return body;
          }),
      act("is resumed(?: on (\\w+))?", "resume",
          [](const Words& w) {
            return w[2].matched ? json{{"ground", w[2].str()}} : json::object();
          }),
      act("is extended on (\\w+)(?: by (\\d+) (\\w+))?", "extend",
          [](const Words& w) {
            json body = {{"ground", w[2].str()}, {"reason", "Lý do"}, {"on_behalf_of", "H32.ct01"}};
            if (w[3].matched) body["by"] = {{"value", std::stoi(w[3])}, {"unit", w[4].str()}};
            return body;
          }),
      act("is re-appointed to " + kInstant, "reappoint",
          [](const Words& w) {
            return json{{"promised_at", instant_of(w[2])}, {"reason", "Lý do"}};
          }),
      act("is apologised for", "apologise", reason),
      act("has its lateness explained", "explain-lateness",
          [](const Words&) {
            return json{{"reason", "Lý do"}, {"on_behalf_of", "H32.ct01"}};
          }),
      act("is stopped on (\\w+)", "stop",
          [](const Words& w) {
            return json{{"ground", w[2].str()}, {"reason", "Lý do"}};
          }),
      act("is adjusted", "adjust",
          [](const Words&) {
            return json{{"content", "Nội dung mới"}};
          }),
  };
}

json started(Stage& stage, const Words& words) {
  json clock = stage.clock(words[2], words[1]);
  if (clock.is_null()) throw std::runtime_error("it never started");
  return clock;
}

void expect_names(Stage& stage, const std::string& target, const std::string& names) {
  std::string found;
  for (const std::string& name : stage.names_on(target)) found += (found.empty() ? "" : ", ") + name;
  expect_equal(found.empty() ? "nobody" : found, names);
}

std::string clock_filter(const Words& words, std::size_t i) {
  return words[i].matched ? "&clock=" + words[i].str() : "";
}

std::vector<Sentence> claims_on_dossiers() {
  const std::string states =
      "(submitted|accepted|refused|processing|awaiting_supplement|awaiting_payment|withdrawn|stopped|settled|"
      "returned)";
  return {
      {std::regex("then (\\w+) is " + states),
       [](Stage& s, const Words& w) { expect_equal(shown(s.dossier(w[1]).at("state")), w[2]); }},
      {std::regex("(\\w+) opened (\\w+) with consultation (\\d+)"),
       [](Stage& s, const Words& w) { s.adopt(w[2], w[1], std::stoull(w[3])); }},
      {std::regex("then (\\w+) is in the steps? ([\\w, ]+)"),
       [](Stage& s, const Words& w) {
         std::string open;
         const json dossier = s.dossier(w[1]);  // a loop does not keep what it reaches through
         for (const json& step : dossier.at("open_steps")) {
           open += (open.empty() ? "" : ", ") + step.at("step").get<std::string>();
         }
         expect_equal(open, w[2]);
       }},
      {std::regex("then the history of (\\w+) ends with ([\\w, ]+)"),
       [](Stage& s, const Words& w) {
         const std::string ending = w[2];
         const auto length = 1 + std::count(ending.begin(), ending.end(), ',');
         expect_equal(s.last_events(w[1], static_cast<std::size_t>(length)), ending);
       }},
      {std::regex("then (\\w+) is (not late|late)"),
       [](Stage& s, const Words& w) {
         expect_equal(s.dossier(w[1]).at("late") == true ? "late" : "not late", w[2]);
       }},
      {std::regex("then (\\w+) is late since " + kInstant),
       [](Stage& s, const Words& w) {
         expect_equal(shown(s.dossier(w[1]).at("late_since")), instant_of(w[2]));
       }},
      {std::regex("then (\\w+) is late by (\\d+) working minutes"),
       [](Stage& s, const Words& w) {
         const std::string seconds = std::to_string(std::stoll(w[2]) * 60);
         expect_equal(shown(s.dossier(w[1]).at("late_working_seconds")), seconds);
       }},
      {std::regex("then the delay of (\\w+) at " + kInstant +
                  " is ([\\w./-]+(?: \\d+)?(?:, [\\w./-]+ \\d+)*)"),
       [](Stage& s, const Words& w) { expect_equal(s.shares(w[1], in_address(w[2])), w[3]); }},
      {std::regex("then (\\w+) has ([\\w/]+) " + kInstant),
       [](Stage& s, const Words& w) {
         const json::json_pointer place("/" + w[2].str());
         expect_equal(shown(s.dossier(w[1]).at(place)), instant_of(w[3]));
       }},
      {std::regex("then (\\w+) has ([\\w/]+) (\\S+)"),
       [](Stage& s, const Words& w) {
         expect_equal(shown(s.dossier(w[1]).at(json::json_pointer("/" + w[2].str()))), w[3]);
       }},
  };
}

std::vector<Sentence> claims_on_clocks() {
  return {
      {std::regex("then the (\\w+) of (\\w+) is (running|paused|met|missed|void)"),
       [](Stage& s, const Words& w) { expect_equal(shown(started(s, w).at("state")), w[3]); }},
      {std::regex("then the (\\w+) of (\\w+) never started"),
       [](Stage& s, const Words& w) {
         const json clock = s.clock(w[2], w[1]);
         if (!clock.is_null()) throw std::runtime_error("it is " + clock.dump());
       }},
      {std::regex("then the (\\w+) of (\\w+) is due " + kInstant + "(, provisionally)?"),
       [](Stage& s, const Words& w) {
         const json clock = started(s, w);
         expect_equal(shown(clock.at("due_at")), instant_of(w[3]));
         if ((clock.at("provisional") == true) != w[4].matched)
           throw std::runtime_error(w[4].matched ? "it is official" : "it is provisional");
       }},
      {std::regex("then the (\\w+) of (\\w+) has no date: (\\w+)"),
       [](Stage& s, const Words& w) {
         const json clock = started(s, w);
         expect_equal(shown(clock.at("due_at")), "nothing");
         expect_equal(shown(clock.at("due_pending")), w[3]);
       }},
      {std::regex("then the (\\w+) of (\\w+) counts from " + kInstant),
       [](Stage& s, const Words& w) {
         expect_equal(shown(started(s, w).at("started_at")), instant_of(w[3]));
       }},
      {std::regex("then the (\\w+) of (\\w+) has (\\w+) " + kInstant),
       [](Stage& s, const Words& w) { expect_equal(shown(started(s, w).at(w[3].str())), instant_of(w[4])); }},
      {std::regex("then the (\\w+) of (\\w+) has (\\w+) (\\S+)"),
       [](Stage& s, const Words& w) { expect_equal(shown(started(s, w).at(w[3].str())), w[4]); }},
  };
}

std::vector<Sentence> claims_on_lists() {
  const std::string names = ": ([\\w, ]+)";
  return {
      {std::regex("then late at " + kInstant + "(?: by (\\w+))?" + names),
       [](Stage& s, const Words& w) {
         expect_names(s, "/v1/late?limit=200&at=" + in_address(w[1]) + clock_filter(w, 2), w[3]);
       }},
      {std::regex("then due within (\\d+) hours of " + kInstant + "(?: by (\\w+))?" + names),
       [](Stage& s, const Words& w) {
         expect_names(s,
                      "/v1/due-soon?limit=200&within_hours=" + w[1].str() + "&at=" + in_address(w[2]) +
                          clock_filter(w, 3),
                      w[4]);
       }},
      {std::regex("then untimed at " + kInstant + names),
       [](Stage& s, const Words& w) {
         expect_names(s, "/v1/untimed?limit=200&at=" + in_address(w[1]), w[2]);
       }},
  };
}

std::vector<Sentence> language() {
  std::vector<Sentence> all;
  for (auto part : {claims_on_clocks(), claims_on_lists(), claims_on_dossiers(), acts(), acts_of_a_case()}) {
    for (Sentence& sentence : part) all.push_back(std::move(sentence));
  }
  return all;
}

}  // namespace

void play(Stage& stage, const std::string& line) {
  static const std::vector<Sentence> sentences = language();
  for (const Sentence& sentence : sentences) {
    Words words;
    if (std::regex_match(line, words, sentence.form)) return sentence.play(stage, words);
  }
  throw std::runtime_error("that is no sentence of the language");
}

bool claims(const std::string& line) {
  return line.starts_with("then ") || line.find(": refused ") != std::string::npos;
}

}  // namespace motcua::test
