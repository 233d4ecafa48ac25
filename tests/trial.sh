#!/usr/bin/env bash
# What a newcomer does: clone, then the README's two commands, with an empty home and only Python and make.
set -euo pipefail
cd "$(dirname "$0")/.."
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
git clone --quiet . "$place/bellhop"
mkdir "$place/home"
path=$(dirname "$(command -v python3)"):/usr/bin:/bin
for name in SSL_CERT_FILE PIP_CERT REQUESTS_CA_BUNDLE LANG; do [ -n "${!name:-}" ] && keep+=("$name=${!name}"); done
newcomer() { (cd "$place/bellhop" && env -i HOME="$place/home" PATH="$path" ${keep[@]+"${keep[@]}"} "$@"); }
timed() { local start=$SECONDS; "$@"; echo "trial: ${*:2} took $((SECONDS - start)) s, exit status $?"; }

timed newcomer make demo
left=$(pgrep -f "$place" || true)
[ -z "$left" ] || { echo "trial: processes left behind:"; ps -o pid,args -p "$(echo "$left" | paste -sd,)"; exit 1; } >&2
timed newcomer make test
