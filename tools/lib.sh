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
