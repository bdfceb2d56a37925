#!/usr/bin/env bash
# Makes cases with each library, with today's versions and with old ones, and compares leapscore's answers:
# run.sh LEAPSCORE "LIBRARY..." [options of the generators]. All cases are tried; exit code 1 if any bit differs.
set -euo pipefail

leapscore=$1 libraries=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
tools=$here/../../tools
cases=$(mktemp -d)
trap 'rm -rf "$cases"' EXIT
bad=0
echo "options: $*"
for environment in trees trees-old; do
  "$tools/install.sh" "$environment"
  python=$here/../../../.cache/tools/$environment/bin/python
  for library in $libraries; do
    "$python" -c "import $library" 2>/dev/null || continue # not all have an old version
    echo "$library $("$python" -c "import $library; print($library.__version__)")"
    "$python" "$here/$library.py" "$cases/$environment-$library" "$@" >/dev/null
    "$python" "$here/compare.py" "$cases/$environment-$library" "$leapscore" || bad=1
    [ "$environment" = trees-old ] || "$python" "$here/../contributions/compare.py" "$library" "$cases/$environment-$library" "$leapscore" || bad=1
    rm -rf "${cases:?}/$environment-$library"
  done
done
exit $bad
