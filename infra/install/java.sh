#!/usr/bin/env bash
# Java for Spark: `java.sh check` fails with one sentence if there is none that Spark can start on,
# `java.sh install` installs it on Debian and its kin (as root) unless it is there already.
set -euo pipefail

readonly PACKAGE=openjdk-17-jre-headless
readonly LEAST=17

suitable() {
  local java=java version
  [[ -n "${JAVA_HOME:-}" ]] && java="$JAVA_HOME/bin/java"
  command -v "$java" >/dev/null || return 1
  version=$("$java" -version 2>&1 | sed -n '1,3s/.*version "\([0-9]*\).*/\1/p')
  [[ "${version:-0}" -ge $LEAST ]] || return 1
  # Cut-down runtimes lack it, and Spark does not start on them.
  "$java" --list-modules | grep -q '^jdk.incubator.vector@'
}

missing() {
  echo "Spark needs Java $LEAST or newer with the incubator vector module, and there is none" \
    "(JAVA_HOME, then PATH): install it, on Debian and Ubuntu with 'apt-get install $PACKAGE'." >&2
  exit 1
}

case "${1:-}" in
  check) suitable || missing ;;
  install)
    suitable && exit 0
    [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null || missing
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$PACKAGE" procps >/dev/null
    suitable || missing
    ;;
  *)
    echo "usage: java.sh check|install" >&2
    exit 2
    ;;
esac
