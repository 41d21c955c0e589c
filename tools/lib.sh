# shellcheck shell=sh disable=SC2034
# Sourced by the tools in this folder: where things are, and how a tool speaks.

top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
case ${AMI_CACHE:=$top/.cache} in /*) ;; *) AMI_CACHE=$PWD/$AMI_CACHE ;; esac
case ${CARGO_TARGET_DIR:=$top/target} in /*) ;; *) CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR ;; esac
export AMI_CACHE CARGO_TARGET_DIR

say() { echo "${0##*/}: $*" >&2; }
die() { say "$*"; exit 1; }

# need TOOL HOW: ends with one line that says how to get what is missing.
need() { command -v "$1" > /dev/null || die "$1 is missing: $2"; }

# step WHAT COMMAND...: runs a step that may take long, saying what it is and how long it took.
step() {
  step_what=$1 step_began=$(date +%s)
  shift
  say "$step_what ..."
  "$@" || die "$step_what: failed"
  say "$step_what: $(($(date +%s) - step_began)) s"
}

# A port that no socket has, below those that the kernel gives to outgoing connections.
free_port() {
  while :; do
    port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
    grep -q "$(printf ':%04X ' "$port")" /proc/net/tcp /proc/net/tcp6 /proc/net/udp 2> /dev/null || { echo "$port"; return; }
  done
}

# What PHP tests run against: the extension, unless another one is asked for, and the fake server.
build_for_tests() {
  if [ -n "${AMI_EXTENSION-}" ]; then "$top/tools/build" apn-sim; else "$top/tools/build"; fi
}

# closing STATUS PASSED FAILED SKIPPED: ends a suite with its closing line, which tools/test adds up. A runner that
# failed without naming a test, and a suite that ran nothing, count as one failure.
closing() {
  passed=$2 failed=$3 skipped=$4
  if [ $((passed + failed + skipped)) -eq 0 ]; then say 'no test was run'; fi
  if [ "$failed" -eq 0 ] && { [ "$1" -ne 0 ] || [ $((passed + skipped)) -eq 0 ]; }; then failed=1; fi
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
  exit
}

# alive PID: true while one of its threads runs. A zombie does not: where process 1 is not an init nobody reaps it.
alive() { grep -qs '^State:[^Z]*$' "/proc/$1"/task/*/status; }

# kill_process PID: over when the process has gone, and with it its sockets.
kill_process() {
  kill -KILL "$1" 2> /dev/null || return 0
  while alive "$1"; do sleep 0.02; done
}

# stop_process PID: TERM, then KILL should it not end within 10 s.
stop_process() {
  kill -TERM "$1" 2> /dev/null || return 0
  tries=100
  while alive "$1"; do
    [ "$tries" -gt 0 ] || { kill_process "$1"; return; }
    tries=$((tries - 1))
    sleep 0.1
  done
}

# The loops of others, as far as Debian has them: Revolt, and ReactPHP's promises.
loop_libraries() {
  "$top/tools/debian-prefix" sid "$AMI_CACHE/loops" php-revolt-event-loop php-react-promise
  export AMI_LOOPS="$AMI_CACHE/loops/usr/share/php"
}

# Laravel as Debian has it, at the path inside the clone that the adapter's analysis knows.
laravel_libraries() {
  "$top/tools/debian-prefix" sid "$AMI_CACHE/laravel-13" php-laravel-framework phpunit php-mockery
  if [ "$AMI_CACHE" != "$top/.cache" ]; then
    mkdir -p "$top/.cache"
    ln -sfn "$AMI_CACHE/laravel-13" "$top/.cache/laravel-13"
  fi
}
