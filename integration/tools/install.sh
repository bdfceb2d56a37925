#!/usr/bin/env bash
# Installs what the integration tests run, into .cache/tools: install.sh [versitygw fake-gcs-server azurite python]...
# Needs Go, npm and Python 3.11 or later. What is there already stays; remove the folder to begin anew.
set -euo pipefail

versitygw=v1.8.0
fakegcs=v1.56.1
azurite=3.37.0

here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$here/../.." && pwd)/.cache/tools
mkdir -p "$tools"

# A tool that is whole has a mark with its version, so that an install that
# was stopped is not taken for a whole one.
installed() { [ "$(cat "$tools/$1.version" 2>/dev/null)" = "$2" ]; }
mark() { echo "$2" >"$tools/$1.version"; }

go_tool() { # name package version
  installed "$1" "$3" && return
  echo "installing $1 $3" >&2
  GOBIN="$tools/bin" GOFLAGS= go install "$2@$3"
  mark "$1" "$3"
}

npm_tool() { # name version
  installed "$1" "$2" && return
  echo "installing $1 $2" >&2
  npm install --silent --no-audit --no-fund --prefix "$tools/$1" "$1@$2" >&2
  mark "$1" "$2"
}

python() {
  local want
  want=$(sha256sum <"$here/requirements.txt")
  installed python "$want" && return
  echo "installing the Python readers" >&2
  rm -rf "$tools/python"
  python3 -m venv "$tools/python"
  "$tools/python/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
  mark python "$want"
}

wanted() { # name
  case $1 in
  versitygw) echo "$versitygw" ;;
  fake-gcs-server) echo "$fakegcs" ;;
  azurite) echo "$azurite" ;;
  python) sha256sum <"$here/requirements.txt" ;;
  *) echo "no tool $1" >&2 && exit 2 ;;
  esac
}

[ $# -gt 0 ] || set -- versitygw fake-gcs-server azurite python

# What is there can be had while others are installed.
missing=
for name; do
  version=$(wanted "$name")
  installed "$name" "$version" || missing=1
done
[ -n "$missing" ] || exit 0

# Two test packages may want the same tool at once.
exec 9>"$tools/lock"
flock 9

for name; do
  case $name in
  versitygw) go_tool versitygw github.com/versity/versitygw/cmd/versitygw "$versitygw" ;;
  fake-gcs-server) go_tool fake-gcs-server github.com/fsouza/fake-gcs-server "$fakegcs" ;;
  azurite) npm_tool azurite "$azurite" ;;
  python) python ;;
  esac
done
