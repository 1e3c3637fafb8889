# The verbs of this project; bare `make` lists them.
PYTHON ?= python3.11
VENV := .venv
STAMP := $(VENV)/.nightshelf-setup
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup demo serve airflow format lint types unit test soak bench clean

help: ## list the verbs
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: $(STAMP) ## build .venv from the lock file (nothing, when nothing changed)
	@infra/install/java.sh check

$(STAMP): requirements.lock pyproject.toml infra/install/python.sh infra/spark_classes.py infra/spark_exercise.py
	@infra/install/java.sh check
	@echo "Installing into $(VENV); the first time takes some minutes."
	@PYTHON=$(PYTHON) infra/install/python.sh all $(VENV)
	@python -m infra.spark_classes
	@touch $@

demo: setup ## ml-100k through the Airflow DAG to answers over HTTP
	@python -m infra.demo

serve: setup ## serve the announced release until stopped
	@nightshelf serve

airflow: setup ## Airflow's scheduler and web interface, on SQLite
	@python -m infra.local_airflow

format: setup ## format the code
	ruff check --fix-only --quiet . && ruff format .

lint: setup ## hold the code against ruff's rules and format
	ruff check . && ruff format --check .

types: setup ## check types
	mypy

unit: setup ## tests without Spark and without other processes, under a minute
	pytest -m "not spark and not process and not soak"

test: setup lint types ## environment, lint, types and all tests but the soak
	pytest -m "not soak" --numprocesses 2 --no-loadscope-reorder

soak: setup ## the long tests
	pytest -m soak

bench: setup ## measure lookups over HTTP against the announced release
	@python -m infra.bench

clean: ## remove caches and builds; neither .venv nor any data
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis spark-warehouse metastore_db derby.log
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
