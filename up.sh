#!/usr/bin/env bash
# Brings up a one-node cluster in the foreground: installs what is missing, builds artifacts/cox when sources changed, starts it.
#   usage: sudo ./up.sh [flags for 'cox up']
set -euo pipefail
cd "$(dirname "$0")"
. scripts/common.sh
need_root
need_sdk
need_packages "${BUILD_PACKAGES[@]}" "${NODE_PACKAGES[@]}"
./build.sh
exec artifacts/cox up "$@"
