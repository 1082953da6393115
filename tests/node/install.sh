#!/usr/bin/env bash
# Installs what the tests take from npm, once for each state of the lock file: npm is slow even when it has nothing
# to do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
command -v npm >/dev/null || { echo "tests/node: npm is missing" >&2; exit 1; }
exec 9<package-lock.json
flock 9 # two tests may come at once
digest=$(sha256sum package.json package-lock.json)
[[ -f node_modules/.installed && $(<node_modules/.installed) == "$digest" ]] && exit 0
echo "installing what the tests take from npm"
npm ci --no-audit --no-fund
printf '%s\n' "$digest" >node_modules/.installed
