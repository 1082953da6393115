#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

// What is tried with any bytes at all: by a fuzzer (tools/fuzz), and with the kept inputs by the everyday
// tests. Each function throws PropertyBroken where what it tries does not hold what it promises, and leaves
// nothing behind but what it made once. One thread.
namespace motcua::fuzz {

class PropertyBroken : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};
inline void expect(bool holds, const char* what) {
  if (!holds) throw PropertyBroken(what);
}

// The first byte of an input says what the others are; the letters stand beside each.
void fuzz_token(std::string_view input);  // access tokens and key sets
void fuzz_body(std::string_view input);   // bodies of commands; the first line is the command
void fuzz_query(std::string_view input);  // queries, cursors, instants, dates: all from the same bytes
void fuzz_definitions(
    std::string_view input);               // files of definitions and settings, catalogue and import lines
void fuzz_stored(std::string_view input);  // what is read back from the disk
void fuzz_http(std::string_view input);    // bytes of a client; the first byte is the length of a piece
void fuzz_files(std::string_view input);   // what lies beside the database
void fuzz_route(std::string_view input);   // a request, as the routes answer it

}  // namespace motcua::fuzz
