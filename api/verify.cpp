#include "api/verify.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "api/late_export.h"
#include "engine/run/ed25519.h"
#include "engine/run/json_loader.h"
#include "engine/run/publisher.h"
#include "engine/store/digest.h"

namespace motcua::api {
namespace {

using nlohmann::json;

int say_wrong(const std::string& why) {
  std::fprintf(stderr, "motcua: %s\n", why.c_str());
  return 1;
}

bool has_fractions(const json& value) {
  if (value.is_number_float()) return true;
  return value.is_structured() && std::any_of(value.begin(), value.end(), has_fractions);
}

// A published file, taken apart. `document` is its canonical JSON: names in order, nothing between.
struct Envelope {
  std::string document, method, sha256, key, signature;
};

std::optional<Envelope> read_envelope(const std::string& file, std::string& fault) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) {
    fault = "Expected a published list in " + file + ", but it cannot be read";
    return std::nullopt;
  }
  std::vector<run::LoadFault> faults;
  const auto document = run::load_json(text.str(), file, faults);
  if (!document) {
    fault = file + ": " + faults.front().detail;
    return std::nullopt;
  }
  try {
    const bool closed = document->size() == 3 && document->at("signature").size() == 3;
    if (!closed || document->at("signature").at("algorithm") != "Ed25519" || has_fractions(*document)) {
      fault = file + ": Expected the envelope of a published list, but it has another form";
      return std::nullopt;
    }
    Envelope made;
    made.document = document->at("document").dump();
    made.method = document->at("document").at("head").at("method").get<std::string>();
    made.sha256 = document->at("sha256").get<std::string>();
    made.key = document->at("signature").at("key").get<std::string>();
    made.signature = document->at("signature").at("value").get<std::string>();
    return made;
  } catch (const json::exception&) {
    fault = file + ": Expected the envelope of a published list, but it has another form";
    return std::nullopt;
  }
}

template <std::size_t N>
std::optional<std::array<std::uint8_t, N>> bytes_of(const std::string& base64) {
  const auto bytes = run::from_base64(base64);
  if (!bytes || bytes->size() != N) return std::nullopt;
  std::array<std::uint8_t, N> made;
  std::copy(bytes->begin(), bytes->end(), made.begin());
  return made;
}

// What is wrong with it; empty: nothing.
std::string fault_of(const Envelope& envelope, const std::string& trusted_key) {
  const std::string digest = store::sha256_hex(envelope.document);
  if (digest != envelope.sha256) {
    return "the document is not the one that was published: its digest is " + digest + ", not " +
           envelope.sha256;
  }
  const auto key = bytes_of<32>(envelope.key);
  const auto signature = bytes_of<64>(envelope.signature);
  if (!key || !signature) return "its key or signature is none";
  if (!trusted_key.empty() && trusted_key != envelope.key)
    return "it was signed by another key: " + envelope.key;
  if (!run::ed25519_verifies(*key, run::signed_text(envelope.method, envelope.sha256), *signature)) {
    return "its signature does not hold";
  }
  return {};
}

}  // namespace

int verify_list(const std::string& file, const std::string& key) {
  std::string fault;
  const auto envelope = read_envelope(file, fault);
  if (!envelope) return say_wrong(fault);
  fault = fault_of(*envelope, key);
  if (!fault.empty()) return say_wrong(file + ": " + fault);
  const json head = json::parse(envelope->document).at("head");
  std::printf("%s: the list of %s for %s, number %lld, by %s\nsha256 %s\nsigned by %s%s\n", file.c_str(),
              head.at("month").get<std::string>().c_str(), head.at("scope").get<std::string>().c_str(),
              head.at("number").get<long long>(), envelope->method.c_str(), envelope->sha256.c_str(),
              envelope->key.c_str(),
              key.empty() ? ", the file's own key: compare it with the one that is known" : "");
  return 0;
}

int recompute_list(const std::string& export_file, const std::string& published_file) {
  std::ifstream in(export_file, std::ios::binary);
  if (!in) return say_wrong("Expected an export in " + export_file + ", but it cannot be read");
  std::string fault;
  const auto document = recomputed_document(
      [&](std::string& line) { return static_cast<bool>(std::getline(in, line)); }, fault);
  if (!document) return say_wrong(export_file + ": " + fault);
  if (published_file.empty()) {
    std::fwrite(document->data(), 1, document->size(), stdout);
    std::fprintf(stderr, "sha256 %s\n", store::sha256_hex(*document).c_str());
    return 0;
  }
  const auto envelope = read_envelope(published_file, fault);
  if (!envelope) return say_wrong(fault);
  fault = fault_of(*envelope, {});
  if (!fault.empty()) return say_wrong(published_file + ": " + fault);
  if (envelope->document != *document) {
    return say_wrong("the list that follows from the export is another one: its digest is " +
                     store::sha256_hex(*document) + ", not " + envelope->sha256);
  }
  std::printf("the list follows from the export, byte for byte: sha256 %s\n", envelope->sha256.c_str());
  return 0;
}

}  // namespace motcua::api
