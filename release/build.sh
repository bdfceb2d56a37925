#!/usr/bin/env bash
# build.sh: makes all files of a release in dist, for linux/amd64, linux/arm64
# and darwin/arm64, or for those that PLATFORMS names.
set -euo pipefail
cd "$(dirname "$0")/.."
export GOFLAGS=-mod=readonly LC_ALL=C TZ=UTC
version=$(release/version.sh)
# Archives bear the time of the commit, so that their bytes depend on it alone.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

release/install.sh
rm -rf dist && mkdir -p dist
make --no-print-directory man completions
go run ./release/licences -out dist/THIRD_PARTY_LICENSES.txt -sbom dist/leapscore.cdx.json -version "$version"

archive() { # folder: a tar.gz of it beside it
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C dist -cf - "$1" | gzip -9n >"dist/$1.tar.gz"
  rm -rf "dist/${1:?}"
}

for platform in ${PLATFORMS:-linux/amd64 linux/arm64 darwin/arm64}; do
  os=${platform%/*} arch=${platform#*/}
  name=leapscore_${version#v}_${os}_$arch
  mkdir -p "dist/$name"
  echo "building $name" >&2
  release/binary.sh "$os" "$arch" "$version" "dist/$name/leapscore"
  cp -r README.md LICENSE NOTICE CHANGELOG.md SECURITY.md dist/THIRD_PARTY_LICENSES.txt dist/leapscore.cdx.json dist/man dist/completions "dist/$name"
  if [ "$os" = linux ]; then
    release/deb.sh "dist/$name" "$version" "$arch"
    release/wheel.sh "$arch" "$version" "dist/$name/leapscore"
  fi
  archive "$name"
done
cp release/Dockerfile dist
rm -rf dist/man dist/completions
(cd dist && sha256sum -- *.tar.gz *.deb *.whl *.json *.txt Dockerfile >SHA256SUMS)
cat dist/SHA256SUMS
