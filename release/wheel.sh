#!/usr/bin/env bash
# wheel.sh [ARCH [VERSION [BINARY]]]: makes the wheel for Linux on amd64 (or on
# ARCH) in dist. BINARY is the one that goes in, and dist has its licences and
# its bill of materials; without it, all three are made.
# The wheel's bytes depend on the commit alone, as those of the binary.
set -euo pipefail
cd "$(dirname "$0")/.."
arch=${1:-amd64} version=${2:-} binary=${3:-}
case $arch in
amd64) machine=x86_64 ;;
arm64) machine=aarch64 ;;
*) echo "no wheel for $arch, want amd64 or arm64" >&2 && exit 2 ;;
esac
export GOFLAGS=-mod=readonly LC_ALL=C TZ=UTC
# Without a version the tree may differ from its commit, and the version says so.
if [ -z "$version" ]; then
  version=$(git describe --tags --match 'v[0-9]*' --dirty 2>/dev/null ||
    echo "v0.0.0-g$(git rev-parse --short=12 HEAD)$([ -z "$(git status --porcelain)" ] || echo -dirty)")
fi
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

integration/tools/install.sh wheel
tools=$PWD/.cache/tools/wheel/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p dist

if [ -n "$binary" ]; then # the release has made the others too
  licences=dist/THIRD_PARTY_LICENSES.txt bill=dist/leapscore.cdx.json
else
  release/install.sh
  echo "building leapscore for linux/$arch" >&2
  binary=$work/leapscore licences=$work/THIRD_PARTY_LICENSES.txt bill=$work/leapscore.cdx.json
  release/binary.sh linux "$arch" "$version" "$binary"
  go run ./release/licences -out "$licences" -sbom "$bill" -version "$version"
fi

# The files of git alone, so that nothing that lies about gets in.
git ls-files -z --cached --others --exclude-standard python/pyproject.toml python/README.md python/hatch_build.py python/src |
  xargs -0 cp --parents -t "$work"
cp LICENSE NOTICE "$work/python"
cp "$licences" "$work/python/THIRD_PARTY_LICENSES.txt"
cp "$bill" "$work/python/leapscore.cdx.json"
binary=$(realpath "$binary")
(cd "$work/python" && LEAPSCORE_WHEEL_BINARY=$binary LEAPSCORE_WHEEL_SBOM=leapscore.cdx.json \
  LEAPSCORE_VERSION=$version "$tools/python" -m hatchling build --target wheel --directory "$work/wheels" >&2)

wheel=$(echo "$work"/wheels/*.whl)
# Another judge than the build must find the same tag.
judged=$("$tools/auditwheel" show --json "$wheel" | "$tools/python" -c 'import json, sys; print(json.load(sys.stdin)["overall_tag"])')
case $wheel in
*-"$judged".whl) ;;
*) echo "auditwheel finds that $(basename "$wheel") is $judged" >&2 && exit 1 ;;
esac
"$tools/twine" check --strict "$wheel" >&2
rm -f dist/leapscore-*linux*"$machine".whl
mv "$wheel" dist
echo "dist/$(basename "$wheel")"
