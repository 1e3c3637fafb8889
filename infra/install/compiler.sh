#!/usr/bin/env bash
# A C++ compiler and Python's headers for Annoy, which has no wheel: `compiler.sh check [PYTHON]` fails with one
# sentence if they are missing, `compiler.sh install [PYTHON]` installs them on Debian and its kin (as root).
set -euo pipefail

readonly PYTHON=${2:-python3.11}

suitable() {
  command -v g++ >/dev/null &&
    "$PYTHON" -c 'import pathlib, sysconfig, sys
sys.exit(not pathlib.Path(sysconfig.get_paths()["include"], "Python.h").exists())'
}

missing() {
  echo "Annoy is compiled at installation, and a C++ compiler or Python's headers are missing: install them," \
    "on Debian and Ubuntu with 'apt-get install g++ python3.11-dev'." >&2
  exit 1
}

case "${1:-}" in
  check) suitable || missing ;;
  install)
    suitable && exit 0
    [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null || missing
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends g++ >/dev/null
    suitable || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3.11-dev >/dev/null
    suitable || missing
    ;;
  *)
    echo "usage: compiler.sh check|install [PYTHON]" >&2
    exit 2
    ;;
esac
