#!/usr/bin/env bash
# Write both lock files anew from pyproject.toml, each from an empty environment of its own. Takes some minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly PYTHON=${PYTHON:-python3.11}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Names and exact versions only: neither this checkout nor a local build's label ("+cpu") means anything elsewhere.
freeze() { "$1/bin/python" -m pip freeze | sed -e '/^nightshelf/d' -e 's/+cpu$//'; }

"$PYTHON" -m venv "$scratch/all"
"$scratch/all/bin/python" -m pip install --quiet ".[jobs,airflow,postgres,serving,dev]"
freeze "$scratch/all" >"$scratch/requirements.lock"

# The server's packages in the versions that the tests run with.
"$PYTHON" -m venv "$scratch/serving"
"$scratch/serving/bin/python" -m pip install --quiet --constraint "$scratch/requirements.lock" ".[serving]"
freeze "$scratch/serving" >requirements-serving.lock
mv "$scratch/requirements.lock" requirements.lock
