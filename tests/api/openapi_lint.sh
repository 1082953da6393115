#!/usr/bin/env bash
# Lints the OpenAPI document that a motcua binary serves. usage: tests/api/openapi_lint.sh [BINARY]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
binary=${1:-build/motcua}

# npm is slow even when it has nothing to do, so what it installed is remembered by the digest of its lock file.
install_linter() {
  local installed=tests/node/node_modules/.installed digest
  digest=$(sha256sum tests/node/package.json tests/node/package-lock.json)
  [[ -f $installed && $(<"$installed") == "$digest" ]] && return 0
  command -v npm >/dev/null || { echo "openapi_lint: npm is missing" >&2; return 1; }
  echo "installing the OpenAPI lint"
  npm ci --prefix tests/node --no-audit --no-fund || return 1
  printf '%s\n' "$digest" >"$installed"
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$binary" openapi >"$folder/openapi.json" || { echo "openapi_lint: '$binary openapi' failed" >&2; exit 1; }
[[ -s $folder/openapi.json ]] || { echo "openapi_lint: '$binary openapi' printed nothing" >&2; exit 1; }
install_linter
REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true CI=true \
  tests/node/node_modules/.bin/redocly lint --config tests/api/redocly.yaml "$folder/openapi.json"
