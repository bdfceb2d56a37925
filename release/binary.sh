#!/usr/bin/env bash
# binary.sh OS ARCH VERSION OUT: builds leapscore as it is released: stripped,
# position independent, and with bytes that depend on the source alone.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export GOOS=$1 GOARCH=$2 GOFLAGS=-mod=readonly
version=$3 out=$(realpath -m "$4")
cd "$here/.."

# The gRPC client of Cloud Storage is not used; its tag leaves out Envoy.
tags=disable_grpc_modules
link="-s -w -buildid= -X main.version=$version"
case $GOOS/$GOARCH in
linux/amd64 | linux/arm64)
  sysroot=$PWD/.cache/tools/sysroot/$GOARCH
  CC=$("$here/sysroot.sh" "$GOARCH" "$sysroot")
  export CC CGO_ENABLED=1
  link+=" -linkmode=external -extldflags '-static-libgcc -Wl,--build-id=none $sysroot/oldlibc.o'"
  ;;
*) # without a C compiler of the platform there is no DuckDB
  export CGO_ENABLED=0
  tags+=,nosql
  ;;
esac
go build -trimpath -buildvcs=false -buildmode=pie -tags "$tags" -ldflags "$link" -o "$out" ./cmd/leapscore
