# Shared by the entry points beside it: sourced, never run. Moves to the root of the repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The compiler's cache serves every clone on a machine, wherever it stands.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

say() { printf '== %s\n' "$*"; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

as_root() {
  if [[ $(id -u) == 0 ]]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  elif command -v sudo >/dev/null; then
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  else
    die "cannot install: neither root nor sudo. As root run: $*"
  fi
}

# Prints the packages of the given groups (run, test, bench, fuzz) that this machine lacks. One dpkg-query for
# all: asking for each alone would cost every run a second.
missing_packages() {
  local installed group package command
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null || true)
  sed 's/#.*//' tools/packages.txt | while read -r group package command; do
    [[ -n $group && " $* " == *" $group "* ]] || continue
    grep -qx "installed $package" <<<"$installed" && continue
    [[ $command != - ]] && command -v "$command" >/dev/null && continue
    echo "$package"
  done | sort -u
}

# Installs what the groups need and this machine lacks. Requires Debian's apt only when something is missing.
install_packages() {
  local missing
  missing=$(missing_packages "$@")
  [[ -n $missing ]] || return 0
  missing=${missing//$'\n'/ }
  command -v apt-get >/dev/null || die "apt-get is missing (Debian 12 is expected); install yourself: $missing"
  say "installing: $missing"
  as_root apt-get update -q || die "apt-get update failed: is the network there?"
  # shellcheck disable=SC2086  # one word per package is meant
  as_root apt-get install -y -q --no-install-recommends $missing || die "apt-get could not install: $missing"
}

# configure PRESET DIR: only when there is no build description yet; from then on Ninja calls CMake itself.
configure() {
  if [[ -f $2/build.ninja ]]; then
    ninja -C "$2" build.ninja >/dev/null && return 0 # a layer that is new is known from here on
  fi
  say "configuring $2"
  cmake --preset "$1" || die "cmake could not configure $2; remove it when it is from another machine"
}

# build DIR TARGET...
build() {
  local dir=$1
  shift
  say "building $* in $dir"
  ninja -C "$dir" "$@" || { printf 'the build in %s failed, see above\n' "$dir" >&2; return 1; }
}

# Results are lines "passed failed skipped" in the file MOTCUA_TALLY, so that scripts may call each other.
tally() {
  [[ -z ${MOTCUA_TALLY:-} ]] || printf '%s %s %s\n' "$1" "$2" "$3" >>"$MOTCUA_TALLY"
}

tally_sum() {
  awk '{ p += $1; f += $2; s += $3 } END { printf "%d %d %d\n", p, f, s }' "$MOTCUA_TALLY"
}

# report LABEL PASSED FAILED SKIPPED: the progress line of one suite with the seconds since the one before,
# and its part of the tally.
reported_at=0
report() {
  tally "$2" "$3" "$4"
  printf '%-28s %5d passed %3d failed %3d skipped  %4d s\n' "$1" "$2" "$3" "$4" "$((SECONDS - reported_at))"
  reported_at=$SECONDS
}

# Called once by a script that counts. At its exit, however that comes, what failed is said once more, and the
# totals are the very last line.
begin_tally() {
  MOTCUA_PARENT_TALLY=${MOTCUA_TALLY:-}
  MOTCUA_TALLY=$(mktemp)
  export MOTCUA_TALLY
  trap end_tally EXIT
  trap 'exit 143' TERM
}

end_tally() {
  local status=$? passed failed skipped
  read -r passed failed skipped < <(tally_sum)
  if [[ -f $MOTCUA_TALLY.failures ]]; then
    tee ${MOTCUA_PARENT_TALLY:+-a "$MOTCUA_PARENT_TALLY.failures"} <"$MOTCUA_TALLY.failures"
  fi
  rm -f "$MOTCUA_TALLY" "$MOTCUA_TALLY.failures"
  # A script that broke off, or ran nothing at all, has not passed; of one that was ended who ended it judges.
  if [[ $failed == 0 && $status != 143 ]] && [[ $status != 0 || $passed == 0 ]]; then failed=1; fi
  [[ -z $MOTCUA_PARENT_TALLY ]] || printf '%s %s %s\n' "$passed" "$failed" "$skipped" >>"$MOTCUA_PARENT_TALLY"
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [[ $failed == 0 ]] || exit 1
}
