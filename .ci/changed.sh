#!/usr/bin/env bash
# Prints the packages that differ from where this branch left main (on main:
# from the commit before), and those that import them. BASE=COMMIT names
# another point. Packages that need servers and long runs are left out.
set -euo pipefail
cd "$(dirname "$0")/.."
base=${BASE:-$(git merge-base HEAD main 2>/dev/null || true)}
if [ -z "$base" ] || [ "$base" = "$(git rev-parse HEAD)" ]; then
  base=${BASE:-HEAD~}
fi
files=$({ git diff --name-only "$base" && git ls-files --others --exclude-standard; } | sort -u)
packages() { # the import path and all that the package and its tests import
  go list -f '{{.ImportPath}}{{range .Imports}} {{.}}{{end}}{{range .TestImports}} {{.}}{{end}}{{range .XTestImports}} {{.}}{{end}}' ./... |
    grep -vE '^leapscore/(integration|benchmarks)(/| |$)'
}
if grep -qE '^go\.(mod|sum)$' <<<"$files"; then # then anything may differ
  packages | cut -d' ' -f1
  exit
fi
# A file below testdata belongs to the package around it.
changed=$(grep -E '\.go$|/testdata/' <<<"$files" | sed -E 's|/testdata/.*||; t; s|/[^/]*$||; t; s|.*|.|' | sort -u | sed 's|^|leapscore/|')
packages | awk -v changed="$changed" '
  BEGIN { n = split(changed, c, "\n"); for (i = 1; i <= n; i++) is[c[i]] = 1 }
  { for (i = 1; i <= NF; i++) if ($i in is) { print $1; next } }'
