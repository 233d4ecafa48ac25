# Two commands do everything on a machine with Python >= 3.11 and make: `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --frozen
PACKAGES := common local ingest router sla notifier
WORKERS ?= 2

export UV_PYTHON_DOWNLOADS := never

.PHONY: help setup demo check test test-unit bench soak fuzz trial up down format lint types imports packages

help: ## what can be done here
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready ## the tools and packages, into .venv

.venv/.ready: uv.lock pyproject.toml $(wildcard libs/*/pyproject.toml services/*/pyproject.toml) | $(UV)
	@$(UV) sync --frozen --quiet
	@touch $@

.uv/bin/uv:
	@command -v python3 >/dev/null || { echo "Bellhop needs Python 3.11 or newer: install python3 (and python3-venv), then try again." >&2; exit 2; }
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Bellhop needs Python 3.11 or newer; python3 here is $$(python3 -V)." >&2; exit 2; }
	@echo "uv isn't on the PATH: putting version $(UV_VERSION) into .uv"
	@python3 -m venv .uv || { echo "python3 can't make a virtual environment: install python3-venv, or uv, then try again." >&2; exit 2; }
	@.uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) || { rm -rf .uv; echo "Couldn't install uv $(UV_VERSION): install uv yourself, then try again." >&2; exit 2; }

demo: setup ## the main job: a mixed day of real messages through the real services (about two minutes)
	@$(RUN) bellhop demo $(ARGS)

check: setup format lint types imports packages ## format, lint, types, import contracts, each package alone

format:
	@$(RUN) ruff format --check --quiet . || { $(RUN) ruff format --diff . 2>/dev/null | head -40; echo "run: uv run ruff format ." >&2; exit 1; }

lint:
	@$(RUN) ruff check --quiet .

types:
	@$(RUN) mypy libs services tests

imports:
	@$(RUN) lint-imports
	@$(RUN) pytest -q tests/architecture

packages: ## each package synced alone, with every module of it imported
	@for name in $(PACKAGES); do UV=$(UV) bash tests/architecture/import_alone.sh $$name; done

test: check ## check, then every test on a real Kafka and a real PostgreSQL
	@$(RUN) pytest -q -n $(WORKERS) --dist loadgroup tests --ignore tests/architecture

test-unit: setup ## the tests that need no server
	@$(RUN) pytest -q tests/unit tests/properties

trial: ## both commands as a newcomer: a fresh clone, an empty home
	@bash tests/trial.sh

soak: setup ## the day of the demo with random faults: make soak ARGS="--minutes 30 --seed 7"
	@$(RUN) bellhop soak $(ARGS)

fuzz: setup ## damaged messages at every door: make fuzz ARGS="--minutes 30 --seed 7"
	@$(RUN) bellhop fuzz $(ARGS)

bench: setup ## the figures of docs/benchmarks.md, measured anew (20 minutes): make bench ARGS="--rounds 7 --only a,c"
	@PYTHONPATH=tests $(RUN) python -m bench $(ARGS)

up: setup ## the local PostgreSQL and Kafka
	@$(RUN) bellhop stack up

down: setup
	@$(RUN) bellhop stack down
