#!/usr/bin/env bash
# test.sh: installs the release in dist into empty roots of Debian 11, 12 and
# 13, scores there, and compares the bytes; runs the container and the arm64
# build; checks symbols, checksums and the bill of materials; builds linux/amd64
# once more in another folder. Needs root, and the mirror of this machine.
set -euo pipefail
cd "$(dirname "$0")/.."
release/install.sh test
roots=$PWD/.cache/release
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$roots"
fail() { echo "FAIL $*" >&2 && exit 1; }

version=$(cd dist && echo leapscore_*_amd64.deb) && version=${version#leapscore_} && version=${version%_amd64.deb}
[ -f "dist/leapscore_${version}_amd64.deb" ] || fail "dist has no release: run make release first"

checksums() {
  (cd dist && sha256sum --quiet -c SHA256SUMS) || fail "checksums"
  for archive in dist/*.tar.gz; do tar -xzf "$archive" -C "$work"; done
  echo "ok   checksums of $(wc -l <dist/SHA256SUMS) files"
}

symbols() { # of both binaries for Linux: an old C library, and nothing of C++
  for arch in amd64 arm64; do
    local binary=$work/leapscore_${version}_linux_$arch/leapscore newest
    [ -f "$binary" ] || continue
    newest=$(objdump -T "$binary" 2>/dev/null | grep -oE '(GLIBC|GLIBCXX|CXXABI|GCC)_[0-9.]+' | sort -uV | tail -1) ||
      newest=$(aarch64-linux-gnu-objdump -T "$binary" | grep -oE '(GLIBC|GLIBCXX|CXXABI|GCC)_[0-9.]+' | sort -uV | tail -1)
    [ "$(printf '%s\n' GLIBC_2.28 "$newest" | sort -V | tail -1)" = GLIBC_2.28 ] || fail "linux/$arch needs $newest"
    file "$binary" | grep -q 'pie executable.*stripped' || fail "linux/$arch is not stripped or not position independent"
    echo "ok   linux/$arch needs no more than $newest"
  done
  file "$work/leapscore_${version}_darwin_arm64/leapscore" | grep -q 'Mach-O 64-bit.*PIE' || fail "darwin/arm64"
  echo "ok   darwin/arm64 is a Mach-O file"
}

bill() {
  [ -d "$roots/python" ] || { python3 -m venv "$roots/python" && "$roots/python/bin/pip" install -q 'cyclonedx-python-lib[json-validation]==11.12.0'; }
  "$roots/python/bin/python" - dist/leapscore.cdx.json <<'PYTHON' || fail "bill of materials"
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(open(sys.argv[1]).read())
sys.exit(str(error) if error else 0)
PYTHON
  echo "ok   bill of materials follows its schema"
}

# demo runs the command that is given over the demo's files in the current
# folder: Parquet, a query, and CSV. Builds without SQL leave out the query.
cat >"$work/demo.sh" <<'DEMO'
set -e
sql=$1; shift
"$@" version
"$@" score --model demo/listings.lr.zip --input demo/listings/part-0.csv --output out/lr.csv >/dev/null
"$@" score --model demo/listings.rf.zip --input 'demo/listings/*.parquet' --output out/rf >/dev/null
[ "$sql" = nosql ] || "$@" score --model demo/listings.rf.zip --sql "SELECT * FROM 'demo/listings/*.parquet' WHERE bedrooms >= 1" --output out/sql.csv >/dev/null
DEMO
# The names of parts hold the run's id, and do not count.
digest() { (cd "$1/out" && find . -type f ! -path '*/_*' ! -name '.*' ! -name '*.json' | LC_ALL=C sort | xargs sha256sum | cut -d' ' -f1 | sha256sum | cut -c1-16); }

demo() { # what to score, and what comes of it on this machine
  local here=$work/here
  mkdir -p "$here/out"
  GOFLAGS=-mod=readonly go run ./benchmarks/data -out "$here/demo" -rows 20000 -files 2
  local first
  first=$(ls "$here"/demo/listings/*.parquet | head -1)
  "$work/leapscore_${version}_linux_amd64/leapscore" score --model "$here/demo/listings.lr.zip" --sql "SELECT * FROM '$first'" --keep all \
    --output "$here/demo/listings/part-0.csv" >/dev/null
  (cd "$here" && sh "$work/demo.sh" sql "$work/leapscore_${version}_linux_amd64/leapscore")
  want=$(digest "$here")
}

debian() { # suite: the package, installed with dpkg into an empty root without a network
  local suite=$1 root=$work/root-$1 got
  if [ ! -f "$roots/$suite.tar" ]; then
    rm -rf "$roots/$suite" && debootstrap --variant=minbase "$suite" "$roots/$suite" >"$work/debootstrap.log" 2>&1 || fail "debootstrap $suite: $(tail -3 "$work/debootstrap.log")"
    tar -C "$roots/$suite" -cf "$roots/$suite.tar.part" . && mv "$roots/$suite.tar.part" "$roots/$suite.tar" && rm -rf "${roots:?}/$suite"
  fi
  mkdir -p "$root" && tar -C "$root" -xf "$roots/$suite.tar"
  mkdir -p "$root/work/out" && cp -r "$work/here/demo" "$work/demo.sh" "$root/work"
  cp "dist/leapscore_${version}_amd64.deb" "$root/leapscore.deb"
  unshare --net --pid --mount --fork chroot "$root" sh -ec 'mount -t proc proc /proc; dpkg -i /leapscore.deb >/dev/null; cd /work; sh demo.sh sql leapscore; dpkg -V leapscore; umount /proc' || fail "the run on Debian $suite"
  got=$(digest "$root/work")
  [ "$got" = "$want" ] || fail "Debian $suite wrote other bytes: $got, want $want"

  echo "ok   Debian $suite, $(chroot "$root" ldd --version | head -1 | grep -o '[0-9.]*$'): same bytes"
}

arm() { # under qemu, with the C library of Debian 11
  local binary=$work/leapscore_${version}_linux_arm64/leapscore
  [ -f "$binary" ] || return 0
  mkdir -p "$work/arm/out" && cp -r "$work/here/demo" "$work/arm"
  (cd "$work/arm" && sh "$work/demo.sh" sql qemu-aarch64-static -L "$OLDPWD/.cache/tools/sysroot/arm64/root" "$binary") || fail "the run on arm64"
  [ "$(digest "$work/arm")" = "$want" ] || fail "arm64 wrote other bytes than amd64"
  echo "ok   linux/arm64 under qemu: same bytes as amd64"
}

container() { # the Dockerfile, on a base of this machine's mirror in place of the registry's
  export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
  local base=localhost/debian:12
  c=$(buildah from scratch) && buildah add -q "$c" "$roots/bookworm.tar" / >/dev/null && buildah commit -q "$c" "$base" >/dev/null && buildah rm "$c" >/dev/null
  buildah tag "$base" docker.io/library/busybox:stable
  buildah build -q --pull-never --build-arg BASE="$base" --build-arg BUILDPLATFORM=linux/amd64 --build-arg TARGETARCH=amd64 -t localhost/leapscore -f dist/Dockerfile dist >/dev/null || fail "the build of the image"
  c=$(buildah from --pull-never localhost/leapscore)
  mkdir -p "$work/image/out" && cp -r "$work/here/demo" "$work/demo.sh" "$work/image"
  buildah run -v "$work/image:/work" "$c" -- sh demo.sh sql leapscore || fail "the run in the image"
  buildah rm "$c" >/dev/null && buildah rmi -f localhost/leapscore "$base" docker.io/library/busybox:stable >/dev/null
  [ "$(digest "$work/image")" = "$want" ] || fail "the image wrote other bytes"
  echo "ok   container image: same bytes"
}

again() { # the same commit in another folder
  git clone -q . "$work/again" && mkdir -p "$work/again/.cache" && ln -s "$PWD/.cache/tools" "$work/again/.cache/tools"
  (cd "$work/again" && git fetch -q --tags "$OLDPWD" && PLATFORMS=linux/amd64 ${FRESH:+env GOCACHE=$work/gocache} release/build.sh >/dev/null)
  for file in "leapscore_${version}_linux_amd64.tar.gz" "leapscore_${version}_amd64.deb" "$(basename dist/leapscore-*_x86_64.whl)" leapscore.cdx.json THIRD_PARTY_LICENSES.txt; do
    cmp "dist/$file" "$work/again/dist/$file" || fail "two builds of $file differ"
  done
  echo "ok   a second build in another folder has the same bytes"
}

checksums
symbols
bill
demo
for suite in bullseye bookworm trixie; do debian "$suite"; done
arm
container
again
