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

# Symfony, for the example that is an application of it.
symfony_libraries() {
  "$top/tools/debian-prefix" sid "$AMI_CACHE/symfony" php-symfony-console php-symfony-messenger \
    php-symfony-dependency-injection php-symfony-yaml php-symfony-config
  export AMI_SYMFONY="$AMI_CACHE/symfony/usr/share/php"
}

# A parser of docblocks, by which a test reads those of the stub and the library as static analysers do.
phpdoc_parser() {
  "$top/tools/debian-prefix" trixie "$AMI_CACHE/phpdoc-parser" php-phpstan-phpdoc-parser
  export AMI_PHPDOC_PARSER="$AMI_CACHE/phpdoc-parser/usr/share/php/PHPStan/PhpDocParser"
}

# The loops of others, as far as Debian has them: Revolt, and ReactPHP's promises.
loop_libraries() {
  "$top/tools/debian-prefix" sid "$AMI_CACHE/loops" php-revolt-event-loop php-react-promise
  export AMI_LOOPS="$AMI_CACHE/loops/usr/share/php"
}

# The address of a Debian archive. Of those that apt knows, the first that holds Debian itself. Where its lists were never
# fetched, or were removed to save room, apt knows none: then the first that its configuration names like one.
debian_archive() {
  {
    [ -z "${DEBIAN_MIRROR-}" ] || echo "$DEBIAN_MIRROR"
    # shellcheck disable=SC2016 # $(REPO_URI) is apt's to expand
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian'
    sed -nE 's,^[^#]*((https?|file):/[^] ]*/debian)/*( .*)?$,\1,p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
      /etc/apt/sources.list.d/*.sources
  } 2> /dev/null | grep -m 1 . || die 'apt knows no Debian archive: set DEBIAN_MIRROR to the address of one'
}

# package_xml TREE COMMIT: pecl's description of a tree that is made from a commit.
package_xml() {
  package_notes=$(mktemp)
  git -C "$top" show "$2:CHANGELOG.md" > "$package_notes"
  AMI_NO_EXTENSION=1 "$top/tools/php" "$top/tools/release.d/package.php" "$1" "$package_notes" \
    "$(git -C "$top" log -1 --format=%cs "$2")" > "$package_notes.xml"
  mv "$package_notes.xml" "$1/package.xml"
  rm "$package_notes"
}
