#pragma once

#include <string_view>

namespace motcua::run {

// Whether a letter may be sent to it: name@host.example in plain ASCII, of at most 254 characters, with
// nothing that could end a line or begin another recipient. Stricter than the mail standards: quoted names,
// comments and addresses of hosts by number are none.
bool is_mail_address(std::string_view text);

}  // namespace motcua::run
