#!/usr/bin/env bash
# Measures Coxswain on this machine, each figure beside its floor, and prints one Markdown table (also in artifacts/bench.md).
# The store alone has a bench of its own: dotnet run -c Release --project bench/Store.Bench
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh
usage() {
  cat << 'TEXT'
usage: sudo bench/run.sh [--quick] [--only NAME[,NAME...]] [--http 1|2]
  --quick   small numbers: shows that everything works, measures little
  --only    of: start idle pod pods configmap watch list memory deployment binding big
  --http    the version of HTTP that clients speak, each over a connection of its own
  BENCH_IMAGE names an archive with busybox:latest (default: built from Debian packages into artifacts/images)
The store alone: dotnet run -c Release --project bench/Store.Bench
TEXT
}
case " $* " in *" --help "* | *" -h "*) usage; exit 0 ;; esac
[ "$(id -u)" = 0 ] || die "must be run as root (it makes containers, mounts and network namespaces): sudo bench/run.sh"
need_sdk
need_packages "${BUILD_PACKAGES[@]}" "${NODE_PACKAGES[@]}"
./build.sh
cox=$PWD/artifacts/cox
image=${BENCH_IMAGE:-$PWD/artifacts/images/busybox.tar}
if [ ! -s "$image" ]; then say "building the busybox image"; examples/images/build.sh artifacts/images >&2; fi
say "building the bench"
log=artifacts/bench-build.log
dotnet build bench/Bench -c Release -nologo -v minimal > "$log" 2>&1 || { grep -E 'error' "$log" | sort -u | head -n 10 >&2; die "the build failed (all of it: $log)"; }

# The bench cleans up after itself, also on Ctrl-C; this is for when it could not.
work=$(mktemp -d /tmp/coxb.XXXX)
clean() {
  local d
  for d in "$work"/*/; do if [ -e "${d}cluster.json" ] || [ -d "${d}containerd" ]; then "$cox" reset --data-dir "${d%/}" >&2 || true; fi; done
  rm -rf "$work"
}
trap clean EXIT
dotnet exec artifacts/build/bin/Bench/release/Bench.dll --cox "$cox" --image "$image" --work "$work" --out "$PWD/artifacts/bench.md" "$@" &
bench=$!
trap 'kill -TERM "$bench" 2> /dev/null || true' INT TERM # it ends in order, and then so does this
status=0
wait "$bench" || status=$?
while kill -0 "$bench" 2> /dev/null; do wait "$bench" || status=$?; done # a signal interrupts the first wait
exit "$status"
