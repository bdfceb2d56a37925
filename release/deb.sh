#!/usr/bin/env bash
# deb.sh FOLDER VERSION ARCH: makes a Debian package of a release's folder, beside it.
set -euo pipefail
from=$1 version=$2 arch=$3
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

install -D -m 755 "$from/leapscore" "$root/usr/bin/leapscore"
doc=$root/usr/share/doc/leapscore
for file in README.md SECURITY.md leapscore.cdx.json; do install -D -m 644 "$from/$file" "$doc/$file"; done
gzip -9nc "$from/CHANGELOG.md" >"$doc/changelog.gz"
cat "$from/NOTICE" "$from/LICENSE" "$from/THIRD_PARTY_LICENSES.txt" >"$doc/copyright"
for page in "$from"/man/*.1; do
  install -d "$root/usr/share/man/man1"
  gzip -9nc "$page" >"$root/usr/share/man/man1/$(basename "$page").gz"
done
install -D -m 644 "$from/completions/leapscore.bash" "$root/usr/share/bash-completion/completions/leapscore"
install -D -m 644 "$from/completions/_leapscore" "$root/usr/share/zsh/vendor-completions/_leapscore"
install -D -m 644 "$from/completions/leapscore.fish" "$root/usr/share/fish/vendor_completions.d/leapscore.fish"
chmod -R u=rwX,go=rX "$root"

size=$(du -sk "$root" | cut -f1)
install -d -m 755 "$root/DEBIAN"
# A version of Debian has no hyphen of its own, and ~ sorts before the release.
cat >"$root/DEBIAN/control" <<CONTROL
Package: leapscore
Version: $(sed 's/^v//; s/-/+/g; s/^0\.0\.0+/0.0.0~/' <<<"$version")
Architecture: $arch
Maintainer: The leapscore authors <leapscore@localhost>
Installed-Size: $size
Depends: libc6 (>= 2.25)
Recommends: ca-certificates, tzdata
Section: science
Priority: optional
Description: batch scoring of tables with MLeap bundles
 Scores Parquet, CSV, JSON, Arrow and Avro files, or the rows of an SQL query,
 with MLeap bundles and without a JVM. Scores are bit for bit those of the
 MLeap runtime.
CONTROL
dpkg-deb --root-owner-group -Zxz --build "$root" "$(dirname "$from")/leapscore_${version#v}_$arch.deb" >/dev/null
