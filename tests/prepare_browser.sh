#!/bin/sh
# Debian's chromium for the browser tests: installed when it is missing and it may be. Otherwise the
# tests skip with one loud line, and fail in CI.
set -u
command -v chromium >/dev/null 2>&1 && exit 0
command -v chromium-browser >/dev/null 2>&1 && exit 0
sh "$(dirname "$0")/install_debian.sh" chromium fonts-noto-color-emoji || echo "!!! No chromium: the browser tests will be SKIPPED." >&2
exit 0
