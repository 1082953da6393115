#!/usr/bin/env bash
# Lints the OpenAPI document that a motcua binary serves. usage: tests/api/openapi_lint.sh [BINARY]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
binary=${1:-build/motcua}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$binary" openapi >"$folder/openapi.json" || { echo "openapi_lint: '$binary openapi' failed" >&2; exit 1; }
[[ -s $folder/openapi.json ]] || { echo "openapi_lint: '$binary openapi' printed nothing" >&2; exit 1; }
tests/node/install.sh
REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true CI=true \
  tests/node/node_modules/.bin/redocly lint --config tests/api/redocly.yaml "$folder/openapi.json"
