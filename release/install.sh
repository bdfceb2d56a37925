#!/usr/bin/env bash
# install.sh [test]: installs what builds a release on Debian 12, or what tests it too.
set -euo pipefail
packages=(gcc g++ binutils make git xz-utils debian-archive-keyring g++-aarch64-linux-gnu python3-venv)
[ "${1:-}" != test ] || packages+=(debootstrap qemu-user-static bubblewrap buildah file)
missing=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null | awk '$2 == "installed" { print $1 }' | sort - <(printf '%s\n' "${packages[@]}") | uniq -u)
[ -n "$missing" ] || exit 0
echo "installing" $missing >&2
apt-get update -qq
# shellcheck disable=SC2086 # one word is one package
apt-get install -y -qq --no-install-recommends $missing >/dev/null
