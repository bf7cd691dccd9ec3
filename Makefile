# make run     starts the whole portal on this machine, and before that installs what it needs
# make test    every test, browser tests included
# make check   style, types, who imports whom, published contracts, words
# make bench   the figures, each beside its baseline
# make parked  events that could not be handled and wait; make retry hands them in again
# make clean   back to a fresh clone: environment, assets and all data under var/ are gone

SHELL := /bin/sh
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)
VENV := .venv/bin/python

.PHONY: run test check bench parked retry setup setup-test clean

run: setup
	@exec $(VENV) -m embedded run

test: setup-test
	@exec $(VENV) -m pytest tests -n 2 --dist loadgroup $(ARGS)

check: setup
	@exec $(VENV) -m embedded.checks

bench: setup
	@cd tests && exec ../$(VENV) -m bench $(ARGS)

parked: setup
	@exec $(VENV) -m embedded each -m chassis.parked list

retry: setup
	@exec $(VENV) -m embedded each -m chassis.parked retry

setup setup-test:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing: install it (Debian, Ubuntu: apt-get install python3 python3-venv), or name it: PYTHON=/path/to/python3 make run"; exit 1; }
	@PYTHONPATH=deploy/embedded/src exec $(PYTHON) -m embedded.prepare $(subst setup,run,$(subst setup-test,test,$@))

clean:
	@if [ -e var/lock ] && command -v flock >/dev/null && ! flock -n var/lock true; then echo "Hoftor runs with the data in var/: end it first with Ctrl-C."; exit 1; fi
	rm -rf var .venv node_modules gateway/src/gateway/look/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
