# Needs Python 3.11 or newer and make, nothing else. `make help` says what there is.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
RUN := $(VENV)/bin/python -m
export UV_PYTHON_DOWNLOADS := never
export PYTHONDONTWRITEBYTECODE := 1
.DEFAULT_GOAL := help
.PHONY: help up down check test fuzz bench contracts catalogue

help:  ## Say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /make \1\t/' | expand -t 18

up: $(VENV)/.done  ## Start everything on this machine until Ctrl-C (FRESH=1: start over)
	@exec $(VENV)/bin/gcm up $(if $(FRESH),--fresh)

down: $(VENV)/.done  ## Stop what `make up` runs, from another terminal
	@exec $(VENV)/bin/gcm down

check: $(VENV)/.done  ## Style, types, walls, contracts, reference data, dependencies, secrets: no part is started
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(VENV)/bin/lint-imports --no-logo
	$(RUN) cli.contracts --check
	$(RUN) shared.reference.check
	$(RUN) deptry .
	.bootstrap/bin/uv lock --check --quiet
	git ls-files -z | xargs -0 $(VENV)/bin/detect-secrets-hook --baseline .secrets.baseline

test: $(VENV)/.done  ## All tests, on real parts that are started for them (ARGS="tests/unit -x": some)
	$(RUN) pytest -n 2 --no-loadscope-reorder $(ARGS)

fuzz: $(VENV)/.done  ## Every operation of each service as each role, with 100 examples and more (EXAMPLES=, SEED=, ARGS="-k pledges-member")
	GCM_FUZZ_EXAMPLES=$(or $(EXAMPLES),100) GCM_FUZZ_SEED=$(or $(SEED),$(shell date +%Y%m%d)) $(RUN) pytest -s tests/fuzz $(ARGS)

bench: $(VENV)/.done  ## Measure, print tables, write build/bench (ONLY=spine: one of them)
	$(RUN) tests.bench $(ONLY)

contracts: $(VENV)/.done  ## Write docs/contracts and docs/cli.md anew from the code
	$(RUN) cli.contracts
	$(RUN) cli.reference

.bootstrap/.done: deploy/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=/path/to/it" if sys.version_info < (3, 11) else 0)'
	@rm -rf .bootstrap
	$(PYTHON) -m venv .bootstrap
	.bootstrap/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement deploy/bootstrap.txt
	@touch $@

$(VENV)/.done: .bootstrap/.done pyproject.toml uv.lock
	.bootstrap/bin/uv sync --locked --python .bootstrap/bin/python
	@touch $@

catalogue: $(VENV)/.done  ## Write the portal's catalogue of strings anew from code and templates
	$(VENV)/bin/pybabel -q extract -F pyproject.toml --no-location --omit-header --sort-output -o services/portal/locale/messages.pot services/portal
