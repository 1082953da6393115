#include "api/print/qr.h"

#include <qrencode.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace motcua::print {

QrCode qr_code(std::string_view text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> made(
      QRcode_encodeData(static_cast<int>(text.size()), bytes, 0, QR_ECLEVEL_M), &QRcode_free);
  if (made == nullptr)
    throw std::runtime_error("cannot make a QR code of " + std::to_string(text.size()) + " bytes");
  QrCode code{made->width, {}};
  const auto modules = static_cast<std::size_t>(made->width) * static_cast<std::size_t>(made->width);
  code.dark.reserve(modules);
  for (std::size_t i = 0; i < modules; ++i)
    code.dark.push_back((made->data[i] & 1U) != 0);  // bit 0 is the colour
  return code;
}

}  // namespace motcua::print
