# shellcheck shell=sh disable=SC2034
# Sourced by the tools in this folder: paths, and functions for messages, processes and dependencies.

top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
case ${AMI_CACHE:=$top/.cache} in /*) ;; *) AMI_CACHE=$PWD/$AMI_CACHE ;; esac
case ${CARGO_TARGET_DIR:=$top/target} in /*) ;; *) CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR ;; esac
export AMI_CACHE CARGO_TARGET_DIR

say() { echo "${0##*/}: $*" >&2; }
die() { say "$*"; exit 1; }

# need TOOL HOW: if the tool is missing, ends with one line that says how to install it.
need() { command -v "$1" > /dev/null || die "$1 is missing: $2"; }

# step WHAT COMMAND...: runs a long step, and prints its name and its time.
step() {
  step_what=$1 step_began=$(date +%s)
  shift
  say "$step_what ..."
  "$@" || die "$step_what: failed"
  say "$step_what: $(($(date +%s) - step_began)) s"
}

# Prints an unused port below the range that the kernel uses for outgoing connections.
free_port() {
  while :; do
    port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
    grep -q "$(printf ':%04X ' "$port")" /proc/net/tcp /proc/net/tcp6 /proc/net/udp 2> /dev/null || { echo "$port"; return; }
  done
}

# Builds the extension, unless AMI_EXTENSION names one, and the fake server.
build_for_tests() {
  if [ -n "${AMI_EXTENSION-}" ]; then "$top/tools/build" apn-sim; else "$top/tools/build"; fi
}

# closing STATUS PASSED FAILED SKIPPED: prints the closing line of a suite, which tools/test adds up, and exits. A runner
# that failed without a failed test, and a suite without tests, count as one failure.
closing() {
  passed=$2 failed=$3 skipped=$4
  if [ $((passed + failed + skipped)) -eq 0 ]; then say 'no test was run'; fi
  if [ "$failed" -eq 0 ] && { [ "$1" -ne 0 ] || [ $((passed + skipped)) -eq 0 ]; }; then failed=1; fi
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
  exit
}

# alive PID: true while a thread of the process runs. A zombie counts as ended, because without an init process nothing reaps it.
alive() { grep -qs '^State:[^Z]*$' "/proc/$1"/task/*/status; }

# kill_process PID: kills the process, and waits until it and its sockets are gone.
kill_process() {
  kill -KILL "$1" 2> /dev/null || return 0
  while alive "$1"; do sleep 0.02; done
}

# stop_process PID: sends TERM, and KILL if the process does not end within 10 s.
stop_process() {
  kill -TERM "$1" 2> /dev/null || return 0
  tries=100
  while alive "$1"; do
    [ "$tries" -gt 0 ] || { kill_process "$1"; return; }
    tries=$((tries - 1))
    sleep 0.1
  done
}

# Fetches Symfony, for the example of a Symfony application.
symfony_libraries() {
  "$top/tools/debian-prefix" sid "$AMI_CACHE/symfony" php-symfony-console php-symfony-messenger \
    php-symfony-dependency-injection php-symfony-yaml php-symfony-config
  export AMI_SYMFONY="$AMI_CACHE/symfony/usr/share/php"
}

# Fetches a parser of docblocks. A test reads the docblocks of the stub and the library with it, as static analysers do.
phpdoc_parser() {
  "$top/tools/debian-prefix" trixie "$AMI_CACHE/phpdoc-parser" php-phpstan-phpdoc-parser
  export AMI_PHPDOC_PARSER="$AMI_CACHE/phpdoc-parser/usr/share/php/PHPStan/PhpDocParser"
}

# Fetches the event loops that Debian has: Revolt, and ReactPHP's promises.
loop_libraries() {
  "$top/tools/debian-prefix" sid "$AMI_CACHE/loops" php-revolt-event-loop php-react-promise
  export AMI_LOOPS="$AMI_CACHE/loops/usr/share/php"
}

# Fetches Debian's Laravel and links it at the path that the analysis of the adapter uses.
laravel_libraries() {
  "$top/tools/debian-prefix" sid "$AMI_CACHE/laravel-13" php-laravel-framework phpunit php-mockery
  if [ "$AMI_CACHE" != "$top/.cache" ]; then
    mkdir -p "$top/.cache"
    ln -sfn "$AMI_CACHE/laravel-13" "$top/.cache/laravel-13"
  fi
}

# Prints the address of a Debian archive: the first one of apt's lists that has Debian itself. If apt has no lists, because
# they were never fetched or were removed, the first address of its configuration that looks like an archive.
debian_archive() {
  {
    [ -z "${DEBIAN_MIRROR-}" ] || echo "$DEBIAN_MIRROR"
    # shellcheck disable=SC2016 # $(REPO_URI) is apt's to expand
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian'
    sed -nE 's,^[^#]*((https?|file):/[^] ]*/debian)/*( .*)?$,\1,p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
      /etc/apt/sources.list.d/*.sources
  } 2> /dev/null | grep -m 1 . || die 'apt knows no Debian archive: set DEBIAN_MIRROR to the address of one'
}

# package_xml TREE COMMIT: prints the package.xml of a tree that is made from a commit.
package_xml() {
  package_notes=$(mktemp)
  git -C "$top" show "$2:CHANGELOG.md" > "$package_notes"
  AMI_NO_EXTENSION=1 "$top/tools/php" "$top/tools/release.d/package.php" "$1" "$package_notes" \
    "$(git -C "$top" log -1 --format=%cs "$2")" > "$package_notes.xml"
  mv "$package_notes.xml" "$1/package.xml"
  rm "$package_notes"
}
