# ecase. Needs Python 3.11 or newer and make; everything else is fetched into this folder.
#
#   DATABASE_URL, BROKER_URL   your own servers instead of the embedded ones (docs/reference/settings.md)
#   PYTHON=python3.12          the Python to build with
#   ARGS="-k custody -x"       passed on to pytest, mypy or the benchmarks
#   WORKERS=4                  how many pytest processes
#   SECONDS=3600               how long `make fuzz` runs
#   LIVES=1000                 how many random lives `make lives` runs

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11 python3.14,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
WORKERS ?= 3
SECONDS ?= 600
LIVES ?= 200
ARGS ?=

PY := .venv/bin/python
RUN := $(PY) -m ecase.embedded run --
DIST := ecase/portal/static/portal/dist
VENV_STAMP := .venv/.installed
NODE_STAMP := node_modules/.installed
DIST_STAMP := $(DIST)/.built
ASSETS := $(shell find ecase/portal/assets -type f 2>/dev/null)

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Overrides the shell's value: tests and demo start hundreds of processes, and each would compile all modules again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# -- everyday targets ---------------------------------------------------------------------------------------------

.PHONY: demo
demo: setup ## start the whole service with a fictional court (RESET=1: with fresh data); Ctrl-C stops it
	@$(PY) -m ecase.embedded demo $(if $(RESET),--reset)

.PHONY: walk
walk: setup ## run the main job unattended, from the investigator's key to the verified container
	@$(PY) -m tests.journeys.walk $(ARGS)

# Tests of pure functions, which need neither servers nor Django (tests/clock/pytest.ini): alone they answer in seconds.
NAMED := $(filter tests/%,$(ARGS))
PURE := $(and $(NAMED),$(if $(filter-out tests/clock tests/clock/%,$(NAMED)),,1))

.PHONY: test
test: $(if $(PURE),$(VENV_STAMP),setup) ## run all tests, on embedded PostgreSQL or on DATABASE_URL
ifneq ($(PURE),)
	@$(PY) -m pytest $(ARGS)
else
	@$(PY) -m ecase.embedded run --superuser -- $(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)
endif

.PHONY: lives
lives: setup ## take motions through LIVES=200 random lives, other ones each time; `make test` repeats a few
	@ECASE_STATE_MACHINE_EXAMPLES=$(LIVES) $(PY) -m ecase.embedded run --superuser -- \
		$(PY) -m pytest -n 0 tests/motions/test_state_machine.py $(ARGS)

.PHONY: journeys
journeys: setup ## take every kind through every outcome and end that it knows; `make test` takes each kind once
	@ECASE_ALL_JOURNEYS=1 $(PY) -m ecase.embedded run --superuser -- \
		$(PY) -m pytest -n $(WORKERS) tests/journeys/test_kinds.py $(ARGS)

.PHONY: test-servers
test-servers: setup ## follow docs/how-to/run-on-real-servers.md on Debian's servers, test the result, and a pooler
	@$(PY) -m pytest -n 0 tests/real_servers $(ARGS)

.PHONY: clients
clients: setup ## check the OpenAPI description, generate five clients from it, walk a journey with two
	@$(PY) -m tests.clients
	@$(PY) -m ecase.embedded run --superuser -- $(PY) -m pytest -n 0 tests/clients $(ARGS)

.PHONY: pictures
pictures: setup ## picture every page of every role in three widths and two languages, and its print: tests/output/pictures
	@$(PY) -m ecase.embedded run --superuser -- $(PY) -m pytest -n 0 tests/browser/pictures.py $(ARGS)

.PHONY: bench
bench: setup ## measure speed, compare with a stock Django peer and pgbench, and write docs/benchmarks.md
	@$(RUN) $(PY) -m bench $(ARGS)

.PHONY: bench-quick
bench-quick: setup ## run each benchmark once on small data, to see that it runs; its figures mean nothing
	@$(RUN) $(PY) -m bench --quick --without-walk

.PHONY: bench-signatures
bench-signatures: $(VENV_STAMP) ## measure verification, compare with pyHanko and OpenSSL, and write docs/benchmarks-signatures.md
	@$(PY) -m bench.signatures $(ARGS)

.PHONY: bench-uploads
bench-uploads: setup ## upload a file of 2 GB in pieces, and check that memory does not grow with it
	@ECASE_UPLOAD_MIB=2048 $(PY) -m ecase.embedded run --superuser -- $(PY) -m pytest -n 0 tests/portal/test_uploads.py -k memory $(ARGS)

.PHONY: verifier
verifier: $(VENV_STAMP) messages ## build the offline verifier as one file, dist/ecase-verify.pyz
	@$(PY) -m signatures.onefile $(ARGS)

.PHONY: fuzz
fuzz: $(VENV_STAMP) ## fuzz the signature parsers (SECONDS=600)
	@$(PY) -m pip install --quiet --no-deps --only-binary :all: --require-hashes -r requirements-fuzz.txt \
		|| echo "ecase: atheris is not available on this platform; running the built-in fuzzer only." >&2
	@$(PY) -m tests.fuzz --seconds $(SECONDS) $(ARGS)

.PHONY: lint
lint: $(VENV_STAMP) ## check style, import layers, translations, kinds.md and migrations
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/lint-imports --no-cache
	@$(PY) -m ecase.messages --check
	@$(PY) manage.py statute table | diff -u docs/reference/kinds.md -
	@$(PY) -W "ignore:Got an error checking:RuntimeWarning" manage.py makemigrations --check --dry-run

.PHONY: types
types: $(VENV_STAMP) ## check types
	@$(PY) -m mypy $(ARGS)

.PHONY: clean
clean: ## remove what was built or fetched; the data in var/ stays (demo RESET=1 deletes it)
	rm -rf .venv node_modules $(DIST) static-root dist tests/output .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find api bench ecase examples signatures tests workflows -name __pycache__ -prune -exec rm -rf {} +
	find api ecase signatures workflows -path '*/locale/*' -name '*.mo' -delete

# -- set-up: each stamp is rebuilt when its sources are newer -----------------------------------------------------

.PHONY: setup
setup: $(VENV_STAMP) $(DIST_STAMP) messages ## fetch and build everything that the targets above need

.PHONY: messages
messages: $(VENV_STAMP) ## compile the translations
	@$(PY) -m ecase.messages

$(VENV_STAMP): requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "ecase: no Python 3.11 or newer was found; name one with PYTHON=." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "ecase: $(PYTHON) has no venv module;" \
		"on Debian and Ubuntu it comes with the package python3-venv." >&2; exit 1; }
	@echo "Installing Python packages into .venv (a few minutes at the first time)"
	@$(PYTHON) -m venv --clear .venv
	@$(PY) -m pip install --quiet --no-deps --require-hashes -r requirements-dev.txt
	@touch $@

$(NODE_STAMP): package.json package-lock.json .npmrc $(VENV_STAMP)
	@echo "Installing front-end packages into node_modules"
	@npm ci --silent
	@touch $@

$(DIST_STAMP): $(ASSETS) $(NODE_STAMP)
	@echo "Building the front-end"
	@npm run build --silent
	@touch $@

# -- for maintainers ----------------------------------------------------------------------------------------------

# Locks name no host: one that does ties the project to one network. UPGRADE=1 takes the newest versions.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url $(if $(UPGRADE),--upgrade)

.PHONY: lock
lock: ## rewrite all locks, those of tests/clients too (needs uv; UPGRADE=1: newest versions)
	@$(LOCK) --quiet --output-file requirements.txt
	@$(LOCK) --quiet --all-extras --constraint requirements.txt --output-file requirements-dev.txt
	@uv pip compile --group fuzz --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		$(if $(UPGRADE),--upgrade) --quiet --output-file requirements-fuzz.txt
	@npm install --package-lock-only --silent
	@uv pip compile tests/clients/requirements.in --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url $(if $(UPGRADE),--upgrade) --quiet --output-file tests/clients/requirements.txt
	@npm install --prefix tests/clients --package-lock-only --silent
