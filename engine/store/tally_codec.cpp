#include "engine/store/tally_codec.h"

#include "engine/store/described.h"

namespace motcua::store::sqlite {
namespace {

Vocabulary vocabulary_of(std::string_view member) {
  if (member == "procedure") return Vocabulary::procedure;
  if (member == "variant") return Vocabulary::variant;
  if (member == "unit") return Vocabulary::unit;
  return Vocabulary::agency;
}

struct Packer {
  Words& words;
  BinaryWriter writer;

  void operator()(std::string_view name, const core::Code& code) {
    writer.write(static_cast<std::uint64_t>(words.intern(vocabulary_of(name), code.text)));
  }
  template <class T>
  void operator()(std::string_view, const T& value) {
    writer.write(value);
  }
};

struct Unpacker {
  const WordOf& word_of;
  BinaryReader& reader;

  void operator()(std::string_view, core::Code& code) {
    std::uint64_t number = 0;
    reader.read(number);
    code = word_of(number);
  }
  template <class T>
  void operator()(std::string_view, T& value) {
    reader.read(value);
  }
};

}  // namespace

void encode_tally(const TallyRow& row, Words& words, std::string& out) {
  out.clear();
  Packer packer{words, BinaryWriter(out)};
  packer.writer.write(row.occurred_at);
  packer.writer.write(row.known);
  core::Tally::describe(row.tally, packer);
}

bool decode_tally(std::string_view bytes, const WordOf& word_of, TallyRow& out) {
  BinaryReader reader(bytes);
  reader.read(out.occurred_at);
  reader.read(out.known);
  core::Tally::describe(out.tally, Unpacker{word_of, reader});
  return reader.read_whole();
}

}  // namespace motcua::store::sqlite
