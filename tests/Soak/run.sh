#!/usr/bin/env bash
# Kills, starves, damages and attacks a cluster under load, and reports; see docs/testing.md. Usually called as ./test.sh soak.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/common.sh
usage() {
  cat << 'TEXT'
usage: sudo ./test.sh soak [--minutes N] [--seed N] [--only FAULT[,FAULT...]] [--list] [more]
  --minutes N        how long faults are injected (default: 30)
  --rounds N         ends after so many rounds, should that come first
  --seed N           the same faults in the same order as the run that printed this seed
  --only FAULTS      these faults and no others; --list prints their names
  --cox FILE         another executable than the one built from these sources
  --pods N           Pods that run all the time (default: 20)
  --writers N        clients that write all the time (default: 4)
  --rss-mb N         the most memory the server may have (default: 500)
  --responsive-ms N  how long another client may wait for a GET (default: 1000)
  --out DIR          where report.json and server.log are written (default: artifacts/soak)
TEXT
}
cox='' list='' args=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --cox) [ $# -gt 1 ] || die "--cox needs a value"; cox=$(realpath "$2"); shift 2 ;;
    --list) list=1; shift ;;
    *) args+=("$1"); shift ;;
  esac
done
build() {
  say "building the soak"
  mkdir -p artifacts/soak; local log=artifacts/soak/build.log
  (sdk build tests/Soak -nologo -v minimal > "$log" 2>&1) || { grep -E 'error' "$log" | sort -u | head -n 10 >&2; die "the build failed (all of it: $log)"; }
}
export DOTNET_EnableDiagnostics=0 # many processes are killed here, and each would leave its sockets in /tmp
if [ -n "$list" ]; then need_sdk; build; exec dotnet exec artifacts/build/bin/Soak/debug/Soak.dll --list; fi
[ "$(id -u)" = 0 ] || die "must be run as root (it makes containers, mounts and network namespaces): sudo ./test.sh soak"
need_sdk
need_packages "${BUILD_PACKAGES[@]}" "${NODE_PACKAGES[@]}" util-linux
if [ -z "$cox" ]; then ./build.sh; cox=$PWD/artifacts/cox; fi
image=$PWD/artifacts/images/busybox.tar
if [ ! -s "$image" ]; then say "building the busybox image"; examples/images/build.sh artifacts/images >&2; fi
build

# The soak takes away what it made, also on Ctrl-C; this is for when it could not.
work=$(mktemp -d /tmp/cox-soak.XXXX)
clean() {
  local d
  for d in "$work"/disk/data "$work"/copy; do if [ -e "$d/cluster.json" ] || [ -d "$d/containerd" ]; then "$cox" reset --data-dir "$d" >&2 || true; fi; done
  if mountpoint -q "$work/disk"; then umount "$work/disk" || umount -l "$work/disk"; fi
  rm -rf "$work"
}
trap clean EXIT
dotnet exec artifacts/build/bin/Soak/debug/Soak.dll --cox "$cox" --image "$image" --work "$work" --out "$PWD/artifacts/soak" "${args[@]}" < /dev/null &
soak=$!
trap 'kill -TERM "$soak" 2> /dev/null || true' INT TERM # it ends in order, and then so does this
status=0
wait "$soak" || status=$?
while kill -0 "$soak" 2> /dev/null; do wait "$soak" || status=$?; done # a signal interrupts the first wait
exit "$status"
