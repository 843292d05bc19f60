#!/bin/sh
# Installs Debian packages where this may be done: as root, or with sudo that asks nothing.
set -eu
if ! command -v apt-get >/dev/null 2>&1; then
    echo "Not Debian or Ubuntu: please install $* by hand." >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then as=""
elif sudo -n true 2>/dev/null; then as="sudo"
else
    echo "Please run: sudo apt-get install $*" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$as apt-get update -qq
$as apt-get install -y -qq --no-install-recommends "$@" >/dev/null
