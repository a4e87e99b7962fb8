#!/usr/bin/env bash
# Builds artifacts/cox, the native executable. Does nothing when no source has changed since the last build.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/common.sh
need_sdk
need_packages "${BUILD_PACKAGES[@]}"

# Lock files do not count: another SDK's restore rewrites them, and versions are pinned in Directory.Packages.props.
inputs=$( { find src -type f -not -path '*/bin/*' -not -path '*/obj/*' -not -name packages.lock.json -print0; printf '%s\0' Directory.Build.props Directory.Build.targets Directory.Packages.props global.json build.sh; } | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
if [ -x artifacts/cox ] && [ "$(cat artifacts/cox.inputs 2> /dev/null)" = "$inputs" ]; then exit 0; fi

case "$(uname -m)" in x86_64) rid=linux-x64 ;; aarch64) rid=linux-arm64 ;; *) die "no native build for $(uname -m); x86_64 and aarch64 are supported" ;; esac
say "building artifacts/cox (native; about two minutes the first time)"
mkdir -p artifacts; log=artifacts/build.log
if ! sdk publish src/Cox/Cox.csproj -c Release -r "$rid" -o artifacts/native -nologo -v minimal > "$log" 2>&1; then
  { grep -E 'error' "$log" || tail -n 5 "$log"; } | sort -u | head -n 10 >&2
  die "the build failed (all of it: $log)"
fi
if grep -E 'warning (IL|AOT|CS|CA)' "$log"; then die "the build has warnings (all of it: $log)"; fi
# Replaced by rename: a running cox keeps its own file.
for f in artifacts/native/cox artifacts/native/*.so; do cp "$f" "artifacts/.new" && mv artifacts/.new "artifacts/$(basename "$f")"; done
echo "$inputs" > artifacts/cox.inputs
say "built artifacts/cox ($(du -h artifacts/cox | cut -f1))"
