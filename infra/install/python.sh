#!/usr/bin/env bash
# Nightshelf and its Python packages in a virtual environment: python.sh all|serving|EXTRA[,EXTRA...] VENV
#
#   all       every extra from requirements.lock, the checkout itself editable: what `make setup` does
#   serving   the server alone from requirements-serving.lock: no Spark, torch or Airflow
#   EXTRA     jobs, airflow or both, in the versions of requirements.lock
#
# PYTHON names the interpreter (default python3.11). Run again, it installs only what changed.
set -euo pipefail

readonly ROLE=${1:?usage: python.sh all|serving|EXTRA[,EXTRA...] VENV} VENV=${2:?usage: python.sh ROLE VENV}
readonly HERE=$(cd "$(dirname "$0")" && pwd)
readonly CHECKOUT=$(cd "$HERE/../.." && pwd)
readonly PYTHON=${PYTHON:-python3.11}

# Annoy's own default is -march=native, with which an index library built here stops with an illegal instruction on
# an older processor; and -ffast-math, which turns checks for NaN off.
export ANNOY_COMPILER_ARGS="-D_CRT_SECURE_NO_WARNINGS,-O3,-fno-associative-math,-DANNOYLIB_MULTITHREADED_BUILD,-std=c++14"
export PIP_DISABLE_PIP_VERSION_CHECK=1

if ! command -v "$PYTHON" >/dev/null; then
  echo "Nightshelf needs Python 3.11, and there is no $PYTHON: install it (Debian 12: 'apt-get install python3.11-venv')," \
    "or name it: PYTHON=/path/to/python3.11." >&2
  exit 1
fi
if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
  echo "Nightshelf needs Python 3.11, and $PYTHON is $("$PYTHON" --version 2>&1): name another, PYTHON=/path/to/python3.11." >&2
  exit 1
fi
"$HERE/compiler.sh" check "$PYTHON"

[[ -x "$VENV/bin/python" ]] || "$PYTHON" -m venv "$VENV"

# Without pip's cache: a wheel of Annoy kept there by another project was compiled for this processor alone.
install() { "$VENV/bin/python" -m pip install --quiet --no-cache-dir "$@"; }

case "$ROLE" in
  all)
    install --requirement "$CHECKOUT/requirements.lock"
    install --no-deps --editable "$CHECKOUT"
    ;;
  serving)
    install --requirement "$CHECKOUT/requirements-serving.lock"
    install --no-deps "$CHECKOUT"
    ;;
  *) install --constraint "$CHECKOUT/requirements.lock" "$CHECKOUT[$ROLE]" ;;
esac
