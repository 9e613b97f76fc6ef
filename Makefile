# Each target prints the plain command that it runs; once `make environment` has run, all of
# them can be typed by hand with the programs of .venv/bin.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: run run-sequences run-activity test test-slow verify reproduce clean bench bench-quick lint format lock audit environment bedtools

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PROGRAMS := $(filter-out benchmarks/measure.py,$(wildcard benchmarks/*.py))
# As they were given, and not as make would expand them; clean takes no default.
NAMED := $(value STUDY)
STUDY ?= jund_simulated
CONFIG ?= config/config.yaml
override STUDY := $(value STUDY)
override CONFIG := $(value CONFIG)
clean: export NAMED := $(NAMED)
verify reproduce: export RUN := $(STUDY)
reproduce: export RUN_CONFIG := $(CONFIG)
export PATH := $(CURDIR)/$(BIN):$(PATH)

run: environment  ## set up and run the default, simulated study
	snakemake --cores all

run-sequences: environment  ## set up and run the simulated study of labelled sequences
	snakemake --cores all --configfile config/tfbs_simulated.yaml

run-activity: environment  ## set up and run the simulated study of reporter activity
	snakemake --cores all --configfile config/activity_simulated.yaml

test: environment  ## set up and run the quick tests, a worker per core, four at most
	pytest -m "not slow" -n auto --maxprocesses 4 --dist loadfile

test-slow: environment  ## set up and run the slow tests
	pytest -m slow

verify: environment  ## compare every file of a study with its record: make verify STUDY=mine
	PYTHONPATH=workflow/scripts python -m cisfuse.jobs.verification "results/$$RUN"

reproduce: environment  ## run a study once more, in results/again, and compare: STUDY=mine CONFIG=...
	rm -rf results/again
	mkdir -p results/again
	ln -s "$$PWD/config" "$$PWD/resources" results/again
	snakemake --cores all --directory results/again --configfile "$$RUN_CONFIG"
	PYTHONPATH=workflow/scripts python -m cisfuse.jobs.verification "results/$$RUN" \
	  --against "results/again/results/$$RUN"

clean:  ## remove what a study made; its resources and states of training stay: make clean STUDY=mine
	python3 workflow/clean.py "$$NAMED"

bench: environment  ## measure speed and memory; the tables go to results/benchmarks.md
bench-quick: environment  ## the same on less data, about a minute a program
bench-quick: QUICK := --quick
bench bench-quick:
	mkdir -p results
	{ PYTHONPATH=benchmarks python -c 'import measure; print(measure.machine())'; \
	  for program in $(PROGRAMS); do python $$program $(QUICK); done; } | tee results/benchmarks.md

lint: environment  ## formats, rules and imports
	ruff check workflow tests benchmarks
	ruff format --check workflow tests benchmarks
	snakefmt --check Snakefile workflow/rules
	snakemake --lint

format: environment  ## let the formatters write
	ruff check --fix workflow tests benchmarks
	ruff format workflow tests benchmarks
	snakefmt Snakefile workflow/rules

lock:  ## resolve requirements.in into requirements.txt and environment.yml (needs uv)
	uv pip compile --universal --python-version 3.11 --upgrade --no-emit-index-url \
	  --no-annotate --no-header --generate-hashes requirements.in -o requirements.txt
	sed '/^  - pip:/q' environment.yml > environment.yml.part
	sed -nE 's/^([^ ].*[^ \\]) *\\?$$/      - \1/p' requirements.txt >> environment.yml.part
	mv environment.yml.part environment.yml

audit:  ## look for known vulnerabilities of the locked packages (needs uv and the network)
	uvx pip-audit@2.10.1 --strict --require-hashes --disable-pip -r requirements.txt

environment: $(READY) bedtools

$(READY): requirements.txt
	@PATH="$${PATH#"$(CURDIR)/$(BIN):"}"; \
	if ! python=$$(for name in $${PYTHON:-python3 python3.13 python3.12 python3.11}; do \
	    "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	      2>/dev/null && { command -v "$$name"; break; }; done; true) || [ -z "$$python" ]; then \
	  echo "Python 3.11, 3.12 or 3.13 is needed; install one, or name it: make PYTHON=/path/to/python3.12" >&2; \
	  exit 1; \
	fi; \
	rm -rf $(VENV); \
	if command -v uv >/dev/null; then \
	  set -x; uv venv --quiet --python "$$python" $(VENV); \
	  uv pip install --quiet --python $(BIN)/python -r requirements.txt; \
	else \
	  set -x; "$$python" -m venv $(VENV); \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt; \
	fi
	@touch $@

bedtools:
	@command -v bedtools >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  set -x; apt-get update -qq; apt-get install -y -qq bedtools >/dev/null; \
	elif command -v apt-get >/dev/null; then \
	  echo "bedtools is missing; run: sudo apt-get install bedtools" >&2; exit 1; \
	elif command -v brew >/dev/null; then \
	  echo "bedtools is missing; run: brew install bedtools" >&2; exit 1; \
	else \
	  echo "bedtools is missing; run: conda install -c conda-forge -c bioconda bedtools" >&2; exit 1; \
	fi
