#!/bin/bash
# Runs a command as an indexed Job of Kubernetes runs its pods, on this machine:
#
#   indexed-job.sh COMPLETIONS PARALLELISM COMMAND...
#
# Each process gets its number, from 0, as JOB_COMPLETION_INDEX. One that fails is started
# again, up to three times. With KILL=N, N of them are killed (kill -9) when they start.
set -u
completions=$1 parallelism=$2
shift 2

run_index() {
  local index=$1 try
  shift
  for try in 1 2 3 4; do
    JOB_COMPLETION_INDEX=$index "$@" &
    local pid=$!
    if [ "$try" = 1 ] && [ "$index" -lt "${KILL:-0}" ]; then
      sleep "0.0$((RANDOM % 9))"
      kill -9 "$pid" 2>/dev/null
    fi
    wait "$pid" && return 0
    echo "index $index: attempt $try ended with exit code $?" >&2
  done
  return 1
}
export -f run_index

seq 0 $((completions - 1)) | xargs -P "$parallelism" -I{} bash -c 'run_index "$@"' _ {} "$@"
