#!/usr/bin/env bash
# version.sh: prints the version that a release of this tree has: its tag, or
# the newest tag with the commit. Fails if files differ from the commit, or if
# CHANGELOG.md has no section of the tag.
set -euo pipefail
changes=$(git status --porcelain)
if [ -n "$changes" ]; then
  echo "a release is built from a commit, and these files differ from it:" >&2
  echo "$changes" >&2
  exit 1
fi
version=$(git describe --tags --match 'v[0-9]*' 2>/dev/null || echo "v0.0.0-g$(git rev-parse --short=12 HEAD)")
if git describe --tags --match 'v[0-9]*' --exact-match >/dev/null 2>&1 &&
  ! grep -qE "^## \[?${version#v}\]?([ :]|$)" CHANGELOG.md; then
  echo "CHANGELOG.md has no section \"## ${version#v}\", which tag $version needs" >&2
  exit 1
fi
echo "$version"
