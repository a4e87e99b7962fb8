# Shared by build.sh, up.sh, pack.sh and test.sh. Sourced, never run.
say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

need_root() { [ "$(id -u)" = 0 ] || die "must be run as root (it makes containers, mounts and network namespaces): sudo ./$(basename "$0")"; }

need_sdk() {
  command -v dotnet > /dev/null || die "the .NET 10 SDK is missing: 'dotnet' is not on PATH (see https://dotnet.microsoft.com/download)"
  local version; version=$(dotnet --version 2>&1) || die "the .NET 10 SDK is missing: $(printf '%s' "$version" | head -n 1)"
  case "$version" in 10.*) ;; *) die "the .NET SDK is $version; version 10 is needed" ;; esac
}

# sdk ARGS...: dotnet ARGS. The SDK leaves empty directories in TMPDIR, so it gets one of its own; that goes, and the SDK's servers with it, when the script ends that made it.
sdk() {
  if [ -z "${COX_SDK_TMP:-}" ]; then
    COX_SDK_TMP=$(mktemp -d); export COX_SDK_TMP
    trap 'TMPDIR=$COX_SDK_TMP timeout 60 dotnet build-server shutdown > /dev/null 2>&1 || true; rm -rf "$COX_SDK_TMP"' EXIT
  fi
  TMPDIR=$COX_SDK_TMP dotnet "$@"
}

# need_packages PACKAGE...: installs those Debian packages that are missing.
need_packages() {
  local missing=() p
  for p in "$@"; do dpkg-query -W -f='${Status}' "$p" 2> /dev/null | grep -q 'install ok installed' || missing+=("$p"); done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get > /dev/null || die "missing: ${missing[*]}; install them with your system's package manager (apt-get is not here)"
  [ "$(id -u)" = 0 ] || die "missing packages: ${missing[*]}; run as root, or: sudo apt-get install ${missing[*]}"
  say "installing ${missing[*]}"
  apt-get -qq update || die "apt-get update failed: no package lists"
  # A package's own service must not start: Coxswain runs its own containerd, and the tests their own servers.
  local policy=/usr/sbin/policy-rc.d made=
  if [ ! -e "$policy" ]; then printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod 755 "$policy"; made=1; fi
  local log; log=$(mktemp)
  if ! DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}" > "$log" 2>&1; then
    [ -n "$made" ] && rm -f "$policy"
    tail -n 3 "$log" >&2; die "apt-get could not install: ${missing[*]} (log: $log)"
  fi
  [ -n "$made" ] && rm -f "$policy"; rm -f "$log"
}

BUILD_PACKAGES=(clang zlib1g-dev)
NODE_PACKAGES=(containerd runc containernetworking-plugins iproute2 iptables)
