#!/bin/sh
# Builds the pause program: build.sh OUTPUT. The line "error :" is what MSBuild makes an error of.
set -eu
source=$(dirname "$0")/pause.c
for cc in "${CC:-}" cc gcc clang; do
    if [ -n "$cc" ] && command -v "$cc" >/dev/null 2>&1; then
        exec "$cc" -Os -Wall -Wextra -Werror -Wno-unused-command-line-argument -static -nostdlib -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables -fno-pie -no-pie \
            -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,norelro -Wl,-n -s -o "$1" "$source"
    fi
done
echo "pause : error : no C compiler found (gcc or clang) to build the pause program; on Debian: apt-get install gcc" >&2
exit 1
