# Two commands on a fresh machine with Python 3.11+, git and make: `make demo` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# More than processors: many tests wait more than they work (tests/conftest.py mixes them).
JOBS   ?= $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1) + 1)')

.PHONY: help ansible demo test test-long coverage check lint types contracts system-packages wheel bench bench-fleet clean

help:            ## show this list
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | sort

# One stamp for each set of extras; pyproject.toml decides what is in it.
$(VENV)/.base: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it with PYTHON=python3.11" >&2; exit 1; }
	@# Debian keeps venv in a package of its own.
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
	  && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null; } \
	  || { echo "Python's venv module is missing; install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# Peers that tests compare with live apart; the tests make this one as well when they run without make.
ansible: $(VENV)/.dev  ## install the ansible-core that the differential test asks
	@$(BIN)/python -c 'import sys; sys.path.insert(0, "tests/support"); import ansible_core; ansible_core.environment()'

demo: $(VENV)/.base  ## start the embedded stack, break it, heal it
	@$(BIN)/runbook demo

test: $(VENV)/.dev system-packages  ## run the tests, in parallel
	$(BIN)/python -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder

test-long: $(VENV)/.dev system-packages  ## those that take minutes: every fault of the demo, played to its end
	$(BIN)/python -m pytest -m long

coverage: $(VENV)/.dev system-packages  ## the same tests, traced: branch coverage, for half as much time again
	$(BIN)/python -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder --cov --cov-report=term:skip-covered

system-packages:  # what real-server tests need; elsewhere those tests say that they were skipped, and why
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && ! { [ -x /usr/sbin/sshd ] && command -v sudo >/dev/null && command -v psql >/dev/null \
	    && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }; then \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends openssh-server openssh-client procps sudo \
	    postgresql postgresql-client >/dev/null \
	    || echo "openssh-server, sudo or postgresql could not be installed: tests that need them will be skipped"; \
	fi

check: lint types contracts  ## all static checks

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

wheel: $(VENV)/.dev  ## build the wheel
	$(BIN)/python -m build --wheel --outdir dist .

bench: $(VENV)/.dev  ## measure against the budgets
	$(BIN)/python -m bench

bench-fleet: $(VENV)/.dev system-packages  ## measure whole runs on real servers beside other programs (12 minutes)
	$(BIN)/python -m bench fleet --write docs/benchmarks.md $(FLEET)

clean:           ## remove what this file made
	rm -rf $(VENV) .venv-ansible .venv-ansible.lock .venv-pyinfra dist build .coverage* .mypy_cache .ruff_cache .pytest_cache
