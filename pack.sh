#!/usr/bin/env bash
# Packs what other .NET projects use in their tests: Coxswain.Testing and the eight packages it stands on.
#   usage: ./pack.sh [DIR]         (default: artifacts/packages)
set -euo pipefail
cd "$(dirname "$0")"
. scripts/common.sh
need_sdk
out=$(realpath -m "${1:-artifacts/packages}") images=$PWD/artifacts/ready-to-run rid=linux-$(case "$(uname -m)" in x86_64) echo x64 ;; aarch64) echo arm64 ;; *) die "no packages for $(uname -m); x86_64 and aarch64 are supported" ;; esac)
mkdir -p "$out" artifacts; log=artifacts/pack.log; : > "$log"
run() { "$@" -nologo -v minimal >> "$log" 2>&1 || { { grep -E 'error' "$log" || tail -n 5 "$log"; } | sort -u | head -n 10 >&2; die "the packages could not be made (all of it: $log)"; }; }

say "compiling ahead of time"
run sdk publish src/Testing -c Release -r "$rid" --self-contained false -o "$images" -p:PublishReadyToRun=true
say "packing"
for p in Api Store Client ApiServer Controllers Scheduler Node Cluster Testing; do
  run sdk pack "src/$p" -c Release -r "$rid" --no-build -o "$out" "-p:ReadyToRunImages=$images"
done
say "packed $(ls "$out"/*.nupkg | wc -l) packages into $out"
