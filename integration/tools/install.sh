#!/usr/bin/env bash
# Installs what the integration tests run, into .cache/tools: install.sh [NAME]...
# NAME is a tool of the list below, or a Python environment: python, pages, site, airflow2, airflow3, spark3, ray,
# schedulers, trees, trees-old or wheel. Without names, all that make test needs.
# Needs Go, npm and Python 3.11 or later. What is there already stays; remove the folder to begin anew.
set -euo pipefail

versitygw=v1.8.0
fakegcs=v1.56.1
azurite=3.37.0
pyright=1.1.414
kubeconform=v0.8.0

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

# packages makes a Python environment of exactly the packages of a file.
packages() { # name file
  local want
  want=$(sha256sum <"$here/$2")
  installed "$1" "$want" && return
  echo "installing the Python packages of $2" >&2
  rm -rf "${tools:?}/$1"
  python3 -m venv "$tools/$1"
  "$tools/$1/bin/pip" install --quiet --disable-pip-version-check -r "$here/$2" >&2
  mark "$1" "$want"
}

# over makes an environment that also finds the packages of python.
over() { # name
  local want
  want=$(wanted "$1")
  installed "$1" "$want" && return
  packages python requirements.txt
  echo "installing the Python packages of $1.txt" >&2
  rm -rf "${tools:?}/$1"
  python3 -m venv "$tools/$1"
  "$tools/$1/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/$1.txt" >&2
  (cd "$tools/python/lib"/python3*/site-packages && pwd -P) >"$(echo "$tools/$1/lib"/python3*/site-packages)/python.pth"
  mark "$1" "$want"
}

wanted() { # name
  case $1 in
  versitygw) echo "$versitygw" ;;
  fake-gcs-server) echo "$fakegcs" ;;
  azurite) echo "$azurite" ;;
  pyright) echo "$pyright" ;;
  kubeconform) echo "$kubeconform" ;;
  python) sha256sum <"$here/requirements.txt" ;;
  pages | connect | trees) cat "$here/requirements.txt" "$here/$1.txt" | sha256sum ;;
  spark3) sha256sum <"$here/spark-3.5.txt" ;;
  site | airflow2 | airflow3 | ray | schedulers | trees-old | wheel) sha256sum <"$here/$name.txt" ;;
  *) echo "no tool $1" >&2 && exit 2 ;;
  esac
}

[ $# -gt 0 ] || set -- versitygw fake-gcs-server azurite python pages

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
  pyright) npm_tool pyright "$pyright" ;;
  kubeconform) go_tool kubeconform github.com/yannh/kubeconform/cmd/kubeconform "$kubeconform" ;;
  python) packages python requirements.txt ;;
  pages | connect | trees) over "$name" ;;
  spark3) packages spark3 spark-3.5.txt ;;
  site | airflow2 | airflow3 | ray | schedulers | trees-old | wheel) packages "$name" "$name.txt" ;;
  esac
done
