# Osiedle. `make run` starts the whole neighbourhood, `make test` tests all of it; both set themselves up.

SHELL = /bin/sh
VENV = .venv
BIN = $(VENV)/bin
REQUIREMENTS = deploy/requirements

# The variables of `make run`.
PORT ?= 8000
DATA ?= data
DEMO ?= yes

.PHONY: run test check format lock test-compose chaos judge bench bench-bus bench-calendar bench-registry bench-map bench-notifications sbom vendor clean help

run: $(VENV)/.run ## start everything on http://127.0.0.1:$(PORT), data in $(DATA), DEMO=yes|no
	@PORT='$(PORT)' DATA='$(DATA)' DEMO='$(DEMO)' exec $(BIN)/python -m deploy.all_in_one

test: $(VENV)/.test ## check, unit, service, system, browser and (where Docker answers) Compose tests
	@exec $(BIN)/python -m tests

check: $(VENV)/.test ## lint, types, import contracts, spelling
	@exec $(BIN)/python -m tests check

format: $(VENV)/.test ## lay out the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

test-compose: $(VENV)/.test ## the whole Compose suite
	@exec $(BIN)/python -m tests compose

chaos: $(VENV)/.test ## kill all that takes part, over and over; KILLS=1200 SEED= DATABASE=both|sqlite|postgresql AWAY=600
	@KILLS='$(KILLS)' SEED='$(SEED)' DATABASE='$(DATABASE)' AWAY='$(AWAY)' exec $(BIN)/python -m tests.chaos

judge: $(VENV)/.test ## live through a labelled year, and print whether what is said was worth reading; YEAR=folder
	@exec $(BIN)/python -m tests.labelled $(YEAR)

bench: $(VENV)/.test ## measure, print tables, write build/bench/*.json; BENCH=name for one
	@exec $(BIN)/python -m tests.bench $(BENCH)

bench-bus: $(VENV)/.test ## the figures of the bus alone: its targets as ratios to a floor of the same run
	@exec $(BIN)/python -m tests.bench bus rebuild outage

bench-calendar: $(VENV)/.test ## the figures of the calendar alone: checks, free slots, import, feeds, against floors and a peer
	@exec $(BIN)/python -m tests.bench conflicts planning slots ics import

bench-registry: $(VENV)/.test ## the figures of the registry alone: import, search and lists, matching, against bare queries
	@exec $(BIN)/python -m tests.bench registry_import registry_search registry_matching

bench-map: $(VENV)/.test ## the figures of the map: boxes and clusters, against a bare query and pygeoapi
	@exec $(BIN)/python -m tests.bench map

bench-notifications: $(VENV)/.test ## a message to its letter and page, and 10,000 people told one thing; PEOPLE= DATABASE=both|sqlite|postgresql
	@PEOPLE='$(PEOPLE)' DATABASE='$(DATABASE)' exec $(BIN)/python -m tests.bench notifications

sbom: $(VENV)/.test ## list what is installed, with licences, as CycloneDX: build/sbom/*.json, one for each requirement file
	@exec $(BIN)/python -m docs.generate_sbom

vendor: $(VENV)/.run ## fetch the scripts and the font of the pages again (for maintainers; needs npm)
	@exec $(BIN)/python -m deploy.vendor

# `make lock UPGRADE=--upgrade` takes newer versions; without it only what pyproject.toml asks for changes.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE)
SERVICES = registry calendar map notifications

lock: $(VENV)/.tools ## write the locked, hashed requirement files from pyproject.toml
	$(COMPILE) pyproject.toml $(SERVICES:%=--extra %) --extra embedded --extra tracing -o $(REQUIREMENTS)/run.txt
	$(COMPILE) pyproject.toml --all-extras -c $(REQUIREMENTS)/run.txt -o $(REQUIREMENTS)/test.txt
	for service in $(SERVICES); do \
	  $(COMPILE) pyproject.toml --extra $$service --extra tracing -c $(REQUIREMENTS)/run.txt -o $(REQUIREMENTS)/$$service.txt || exit 1; \
	done
	echo 'uv>=0.13' | $(COMPILE) - -o $(REQUIREMENTS)/tools.txt
	for file in $(REQUIREMENTS)/*.txt; do \
	  { echo "# For Linux x86-64, Linux arm64 and macOS (Intel and Apple silicon); written by make lock."; cat $$file; } \
	  > $$file.new && mv $$file.new $$file || exit 1; \
	done

clean: ## remove what was built; the data folder stays
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /make \1: /p' Makefile

# The virtual environment. A stamp is made when its step has succeeded, so a broken step is done again.

$(VENV)/.python:
	@sh deploy/make_venv.sh $(VENV)
	@touch $@

$(VENV)/.tools: $(VENV)/.python $(REQUIREMENTS)/tools.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $(REQUIREMENTS)/tools.txt
	@touch $@

# pip where uv cannot reach the index as pip is set up to do
INSTALL_WITH = install() { \
  $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r $(REQUIREMENTS)/$$1 \
  || $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $(REQUIREMENTS)/$$1; }

$(VENV)/.run: $(VENV)/.tools $(REQUIREMENTS)/run.txt
	@echo "Installing what Osiedle needs into $(VENV) …"
	@$(INSTALL_WITH); install run.txt
	@touch $@

$(VENV)/.test: $(VENV)/.run $(REQUIREMENTS)/test.txt
	@echo "Installing what the tests need into $(VENV) …"
	@$(INSTALL_WITH); install test.txt
	@touch $@
