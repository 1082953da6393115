#include "engine/run/catalogue_loader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "engine/run/members_loader.h"
#include "engine/run/procedure_loader.h"

namespace motcua::run {
namespace {

using nlohmann::json;

constexpr double kHoursOfAWorkingDay = 8;
constexpr double kValueMax = 100'000;

struct PublishedLimit {
  json limit;
  std::vector<json> fees;  // null where none is stated
};
using Channels = std::array<std::vector<PublishedLimit>, 3>;

std::string text_in(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

const json& list_in(const json& object, const char* key) {
  static const json kNone = json::array();
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : kNone;
}

class LineConverter {
 public:
  CatalogueLine convert(std::string_view line) {
    std::vector<LoadFault> faults;
    const std::optional<json> document = load_json(line, "", faults);
    if (!document || !document->is_object()) return unreadable();
    const std::string code = text_in(*document, "code");
    if (!kProcedureSpelling.fits(code)) return unreadable();
    made_.code = code;
    json procedure = head(*document);
    limits(list_in(*document, "limits"), procedure);
    results(list_in(*document, "results"), procedure);
    std::string text = procedure.dump();
    if (load_procedure(text, "", faults)) {
      made_.text = std::move(text);
    } else {
      note(CatalogueNote::refused);
    }
    return std::move(made_);
  }

 private:
  CatalogueLine unreadable() {
    note(CatalogueNote::unreadable);
    return std::move(made_);
  }

  void note(CatalogueNote what) { made_.notes.push_back(what); }

  json head(const json& published) {
    json made{{"format", 1},
              {"code", made_.code},
              {"name", text_in(published, "name")},
              {"decision", text_in(published, "decision")},
              {"domain", {{"name", text_in(published, "domain")}}},
              {"valid_from", "2020-01-01"},
              {"papers", json::array()},
              {"facts", json::array()},
              {"steps", steps()}};
    made["level"] = levels(text_in(published, "level"));
    if (made["level"].size() == 1) {
      made["competent_level"] = made["level"][0];
    } else {
      note(CatalogueNote::several_levels);
    }
    return made;
  }

  static json steps() {
    const auto step = [](const char* key, const char* name, const char* role, const char* agency) {
      return json{{"key", key}, {"name", name}, {"kind", key}, {"role", role}, {"agency", agency}};
    };
    return json::array({step("handle", "Thẩm định, xử lý hồ sơ", "handling_officer", "competent"),
                        step("sign", "Ký kết quả", "agency_head", "competent"),
                        step("return", "Trả kết quả tại Bộ phận Một cửa", "counter_officer", "receiving")});
  }

  // "Cấp tỉnh, Cấp xã".
  json levels(const std::string& text) {
    static constexpr std::pair<std::string_view, std::string_view> kLevels[] = {
        {"Cấp bộ", "ministry"}, {"Cấp tỉnh", "province"}, {"Cấp xã", "commune"}, {"Cơ quan khác", "other"}};
    json made = json::array();
    for (std::size_t from = 0; from <= text.size();) {
      const std::size_t end = std::min(text.find(", ", from), text.size());
      const std::string_view name = std::string_view(text).substr(from, end - from);
      from = end + 2;
      const auto known = std::find_if(std::begin(kLevels), std::end(kLevels),
                                      [&](const auto& level) { return level.first == name; });
      if (known == std::end(kLevels)) {
        note(CatalogueNote::unknown_level);
      } else if (std::find(made.begin(), made.end(), known->second) == made.end()) {
        made.push_back(known->second);
      }
    }
    if (made.empty()) made.push_back("other");
    return made;
  }

  json untimed(CatalogueNote why) {
    note(why);
    return {{"unit", "unspecified"}};
  }

  json limit_of(const json& published) {
    const auto value = published.find("value");
    if (value == published.end() || !value->is_number()) return untimed(CatalogueNote::no_number);
    const auto word = published.find("unit");
    if (word == published.end() || !word->is_string()) return untimed(CatalogueNote::no_unit);
    std::string unit = word->get<std::string>();
    static constexpr std::array kUnits = {"working_day", "calendar_day", "hour", "month"};
    if (std::find(kUnits.begin(), kUnits.end(), unit) == kUnits.end()) {
      return untimed(CatalogueNote::unknown_unit);
    }
    double count = value->get<double>();
    if (count != std::floor(count) && unit == "working_day") {
      unit = "working_hour";
      count *= kHoursOfAWorkingDay;
    }
    if (!(count >= 1 && count <= kValueMax) || count != std::floor(count)) {
      return untimed(CatalogueNote::unusable_value);
    }
    if (unit == "working_hour") note(CatalogueNote::fractional);
    return {{"unit", unit}, {"value", static_cast<std::int64_t>(count)}};
  }

  json fee_of(const json& published) {
    const auto fee = published.find("fee_vnd");
    if (fee == published.end() || fee->is_null()) return nullptr;
    if (fee->is_number_integer() && fee->get<std::int64_t>() >= 0) return *fee;
    note(CatalogueNote::unusable_fee);
    return nullptr;
  }

  void limits(const json& published, json& procedure) {
    Channels channels;
    for (const json& entry : published) {
      const auto channel = core::enum_of<core::Channel>(entry.is_object() ? text_in(entry, "channel") : "");
      if (channel) {
        add(channels[static_cast<std::size_t>(*channel)], limit_of(entry), fee_of(entry));
      } else {
        note(CatalogueNote::unknown_channel);
      }
    }
    json terms = json::array();
    std::size_t variant_count = 0;
    for (std::size_t i = 0; i < channels.size(); ++i) {
      variant_count = std::max(variant_count, write_terms(static_cast<core::Channel>(i), channels[i], terms));
    }
    if (terms.empty()) {
      note(CatalogueNote::no_limits);
      terms.push_back({{"channel", "direct"}, {"statutory", {{"unit", "unspecified"}}}});
    }
    procedure["limits"] = std::move(terms);
    if (variant_count > 0) procedure["variants"] = variants(variant_count);
  }

  void add(std::vector<PublishedLimit>& known, json limit, json fee) {
    const auto same = std::find_if(known.begin(), known.end(),
                                   [&](const PublishedLimit& other) { return other.limit == limit; });
    if (same == known.end()) {
      known.push_back({std::move(limit), {std::move(fee)}});
    } else {
      note(CatalogueNote::repeated_limit);
      same->fees.push_back(std::move(fee));
    }
  }

  static json term(core::Channel channel, const json& limit, const json& fee) {
    json made{{"channel", core::word_of(channel)}, {"statutory", limit}};
    if (!fee.is_null()) made["fee_vnd"] = fee;
    return made;
  }

  static bool is_one(const std::vector<json>& fees) {
    return std::all_of(fees.begin(), fees.end(), [&](const json& fee) { return fee == fees[0]; });
  }
  // The fee of them all; null when they differ.
  static json common_fee(const std::vector<json>& fees) { return is_one(fees) ? fees[0] : json(nullptr); }

  // How many variants beside the default the channel needs.
  std::size_t write_terms(core::Channel channel, const std::vector<PublishedLimit>& limits, json& terms) {
    std::vector<json> all_fees;
    for (const PublishedLimit& published : limits) {
      if (!is_one(published.fees)) note(CatalogueNote::fee_differs);
      all_fees.insert(all_fees.end(), published.fees.begin(), published.fees.end());
    }
    if (limits.empty()) return 0;
    if (limits.size() == 1) {
      terms.push_back(term(channel, limits[0].limit, common_fee(all_fees)));
      return 0;
    }
    note(CatalogueNote::duplicate_channel);
    terms.push_back(term(channel, {{"unit", "unspecified"}}, common_fee(all_fees)));
    std::size_t count = 0;
    for (const PublishedLimit& published : limits) {
      if (published.limit["unit"] == "unspecified") continue;  // that is what the default says
      json variant = term(channel, published.limit, common_fee(published.fees));
      variant["variant"] = "v" + std::to_string(++count);
      terms.push_back(std::move(variant));
    }
    return count;
  }

  static json variants(std::size_t count) {
    json made = json::array();
    made.push_back({{"key", "default"}, {"name", "Chưa xác định trường hợp áp dụng"}});
    for (std::size_t i = 1; i <= count; ++i) {
      const std::string number = std::to_string(i);
      made.push_back({{"key", "v" + number}, {"name", "Thời hạn thứ " + number + " được công bố của kênh"}});
    }
    return made;
  }

  void results(const json& published, json& procedure) {
    json made = json::array();
    for (const json& entry : published) {
      const std::string code = entry.is_object() ? text_in(entry, "code") : "";
      const std::string name = entry.is_object() ? text_in(entry, "name") : "";
      const bool known =
          std::any_of(made.begin(), made.end(), [&](const json& r) { return r["code"] == code; });
      if (name.empty() || known || !kResultSpelling.fits(code)) {
        note(CatalogueNote::unusable_result);
      } else {
        made.push_back({{"code", code}, {"name", name}});
      }
    }
    procedure["results"] = std::move(made);
  }

  CatalogueLine made_;
};

}  // namespace

CatalogueLine convert_catalogue_line(std::string_view line) { return LineConverter().convert(line); }

}  // namespace motcua::run
