#!/usr/bin/env bash
# Builds the site of the documentation: site.sh FOLDER. A link or an anchor that
# leads nowhere fails the build. The pages keep their places in the repository,
# so that links between them need no change.
set -euo pipefail
cd "$(dirname "$0")/.."
integration/tools/install.sh site
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git ls-files -z -- '*.md' 'docs/*' 'examples/*' LICENSE NOTICE benchmarks/baseline benchmarks/peers Makefile | while IFS= read -r -d '' file; do
  case $file in *_test.go | */testdata/*) continue ;; esac
  mkdir -p "$work/pages/$(dirname "$file")"
  cp "$file" "$work/pages/$file"
done
cp docs/site.yml "$work/mkdocs.yml"
.cache/tools/site/bin/zensical build --strict --config-file "$work/mkdocs.yml"
rm -rf "$1"
mkdir -p "$(dirname "$1")"
cp -r "$work/site" "$1"
