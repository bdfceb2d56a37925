#!/usr/bin/env bash
# sysroot.sh ARCH DIR: unpacks the C library of Debian 11 and its headers into
# DIR, with the static libraries of C++ beside them, and prints the compiler
# that uses them. Programs that it links need glibc 2.25 and nothing of C++.
# Runs on Debian 12; needs g++, for arm64 g++-aarch64-linux-gnu.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
arch=$1 dir=$(mkdir -p "$2" && cd "$2" && pwd)
case $arch in
amd64) triple=x86_64-linux-gnu ;;
arm64) triple=aarch64-linux-gnu ;;
*) echo "no sysroot for $arch, want amd64 or arm64" >&2 && exit 2 ;;
esac
gcc=$triple-gcc
suite=bullseye
packages=(libc6 libc6-dev linux-libc-dev libgcc-10-dev)

unpack() { # the packages, from the mirror that this machine uses
  local apt=$dir/apt mirror
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -v security | head -1)
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  echo "deb [arch=$arch signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$apt/sources.list"
  : >"$apt/status"
  local options=(-qq -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::State::Lists="$apt/lists" -o Dir::State::Status="$apt/status" -o Dir::Cache="$apt/cache"
    -o APT::Architecture="$arch" -o APT::Architectures::="$arch" -o APT::Sandbox::User=root -o Acquire::Languages=none)
  apt-get "${options[@]}" update
  (cd "$apt" && apt-get "${options[@]}" download "${packages[@]}")
  for deb in "$apt"/*.deb; do dpkg-deb -x "$deb" "$dir/root"; done
  rm -rf "$apt"
  # Links name places below the root, and the linker would take this machine's.
  find "$dir/root" -type l -lname '/*' | while read -r link; do
    ln -sfn --relative "$dir/root$(readlink "$link")" "$link"
  done
}

prepare() {
  rm -rf "$dir/root" && mkdir -p "$dir/root"
  unpack
  # Only these two are static: -lstdc++ finds no shared library beside them.
  # The unwinder is the old one, since a newer asks for symbols of glibc 2.35.
  mkdir -p "$dir/lib"
  cp "$dir/root/usr/lib/gcc/$triple/10/libgcc_eh.a" "$($gcc -print-file-name=libstdc++.a)" "$dir/lib"
}

cc="$gcc --sysroot=$dir/root -B$dir/root/usr/lib/$triple/ -L$dir/lib -isystem $dir/root/usr/include/$triple -isystem $dir/root/usr/include"
want="$suite ${packages[*]} $($gcc -dumpfullversion) $(sha256sum <"$here/oldlibc.c")"
if [ "$(cat "$dir/mark" 2>/dev/null)" != "$want" ]; then
  prepare >&2
  $cc -O2 -fPIC -c "$here/oldlibc.c" -o "$dir/oldlibc.o"
  echo "$want" >"$dir/mark"
fi
echo "$cc"
