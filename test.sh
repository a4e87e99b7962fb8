#!/usr/bin/env bash
# Runs every test: unit tests on the JIT, end-to-end tests on the native executable. Ends with the line 'N passed, N failed'.
#   usage: sudo ./test.sh [PROJECT...]         (projects as in tests/, e.g. Api.Tests EndToEnd; default: all)
#          sudo ./test.sh soak [--minutes N]   (half an hour of faults under load; see docs/testing.md)
set -euo pipefail
cd "$(dirname "$0")"
if [ "${1:-}" = soak ]; then shift; exec tests/Soak/run.sh "$@"; fi
. scripts/common.sh
need_root
need_sdk
need_packages "${BUILD_PACKAGES[@]}" "${NODE_PACKAGES[@]}" busybox-static docker-registry libfaketime procps util-linux
command -v kubectl > /dev/null || need_packages kubernetes-client

projects=("$@")
[ ${#projects[@]} -gt 0 ] || projects=($(cd tests && ls -d -- *.Tests) EndToEnd)

say "building the tests"
mkdir -p artifacts/test-results; log=artifacts/test-results/build.log
if ! sdk build Coxswain.slnx -nologo -v minimal > "$log" 2>&1; then { grep -E 'error' "$log" || tail -n 5 "$log"; } | sort -u | head -n 10 >&2; die "the build failed (all of it: $log)"; fi

[[ " ${projects[*]} " != *" Testing.Tests "* ]] || ./pack.sh
if [[ " ${projects[*]} " == *" EndToEnd "* ]]; then
  ./build.sh
  say "building the test images"
  examples/images/build.sh artifacts/images > artifacts/test-results/images.log || die "the test images could not be built (artifacts/test-results/images.log)"
fi

# What a test run must not leave behind.
traces() { { grep -E ' (/tmp|/run|/var)/[^ ]*cox' /proc/mounts | cut -d' ' -f2; ip -o link | awk -F': ' '$2 ~ /^cox-/ {print $2}'; ip netns list 2> /dev/null; pgrep -af 'artifacts/cox |containerd.*cox' || true; } | sort; }
before=$(traces)

# A .NET process that is killed leaves its diagnostic sockets in /tmp, and many are killed here.
export DOTNET_EnableDiagnostics=0
passed=0 failed=0 skipped=0
for p in "${projects[@]}"; do
  say "$p"
  log="artifacts/test-results/$p.log"
  status=0
  # A test that hangs is named in the log, and holds up the others for twenty minutes at most.
  timeout --kill-after=60 1200 dotnet exec "artifacts/build/bin/$p/debug/$p.dll" -noLogo -noColor -longRunning 180 > "$log" 2>&1 < /dev/null || status=$?
  line=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+' "$log" | tail -n 1 || true)
  if [ -z "$line" ]; then
    echo "$p ended with code $status and no result:" >&2; tail -n 20 "$log" >&2
    failed=$((failed + 1)); continue
  fi
  count() { printf '%s' "$line" | sed -E "s/.*$1: ([0-9]+).*/\1/"; }
  bad=$(($(count Failed) + $(count Errors))); skip=$(($(count Skipped) + $(count 'Not Run')))
  passed=$((passed + $(count Total) - $(count Failed) - skip)); failed=$((failed + bad)); skipped=$((skipped + skip))
  printf '%s\n' "$line" >&2
  if [ "$bad" -gt 0 ]; then grep -E -A 25 '\[FAIL\]' "$log" | head -n 200 >&2; fi
done

# What was told to end may take a moment: a shim goes after its container.
after=$(traces)
for _ in {1..30}; do [ "$before" != "$after" ] || break; sleep 1; after=$(traces); done
if [ "$before" != "$after" ]; then
  echo "the tests left something behind:" >&2; diff <(printf '%s\n' "$before") <(printf '%s\n' "$after") | grep '^>' >&2 || true
  failed=$((failed + 1))
fi
printf '%d passed, %d failed%s\n' "$passed" "$failed" "$([ "$skipped" -gt 0 ] && echo ", $skipped skipped" || true)"
[ "$failed" -eq 0 ]
