# Two commands do all the set-up: `make run` and `make test`. The rest is what they are made of.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export DATELINE_HOME ?= $(CURDIR)/var

.PHONY: run test check unit bench-end-to-end bench-edge bench-burst bench-connect bench-routing bench-delivery bench-throttle bench-crash messages lock clean

run: $(VENV)/run.stamp messages
	@$(BIN)/dateline demo

# The browser's driver keeps an event loop in its thread, so its tests run in a process of their own.
test: $(VENV)/test.stamp messages browser proxies mailhost filehosts check
	$(BIN)/pytest -n 2 --dist loadfile tests --ignore=tests/browser
	$(BIN)/pytest tests/browser
	DATELINE_TEST_STORE=postgresql $(BIN)/pytest -n 2 --dist loadfile tests/rooms tests/journey

check: $(VENV)/test.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/test.stamp
	$(BIN)/pytest tests/unit

bench-end-to-end: $(VENV)/test.stamp messages
	$(BIN)/python -m bench.end_to_end

# Nchan is a peer to measure beside; without it the rest is measured.
bench-edge: $(VENV)/test.stamp
	$(BIN)/python -m bench.edge

bench-burst: $(VENV)/test.stamp messages
	$(BIN)/python -m bench.burst

bench-routing: $(VENV)/test.stamp
	$(BIN)/python -m bench.routing

bench-connect: $(VENV)/test.stamp
	$(BIN)/python -m bench.connect

bench-delivery: $(VENV)/test.stamp messages mailhost
	$(BIN)/python -m bench.delivery

bench-throttle: $(VENV)/test.stamp messages
	$(BIN)/python -m bench.throttle

bench-crash: $(VENV)/test.stamp messages
	$(BIN)/python -m bench.crash

# The pages' texts, from committed .po files to what gettext reads.
messages: $(VENV)/run.stamp
	@$(BIN)/python -m dateline.site.messages

# Debian's chromium, or whatever Chromium is here already.
.PHONY: browser
browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ]; then apt-get update -q && apt-get install -y -q chromium fonts-noto-core fonts-noto-cjk; \
	elif sudo -n true 2>/dev/null; then sudo -n apt-get update -q && sudo -n apt-get install -y -q chromium fonts-noto-core fonts-noto-cjk; \
	else echo "The tests need a browser. Type: sudo apt-get install chromium fonts-noto-core fonts-noto-cjk" >&2; exit 1; fi

# The proxies of docs/examples, which the tests start. Debian starts what it installs; that is stopped again.
.PHONY: proxies
proxies:
	@PATH="$$PATH:/usr/sbin"; missing=""; for name in nginx caddy; do command -v $$name >/dev/null || missing="$$missing $$name"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then SUDO=""; elif sudo -n true 2>/dev/null; then SUDO="sudo -n"; \
	else echo "The tests need proxies. Type: sudo apt-get install$$missing" >&2; exit 1; fi; \
	$$SUDO apt-get update -q && $$SUDO apt-get install -y -q --no-install-recommends $$missing && \
	for name in $$missing; do $$SUDO service $$name stop >/dev/null 2>&1 || true; done

# A real mail server, and another implementation of DKIM.
.PHONY: mailhost
mailhost:
	@PATH="$$PATH:/usr/sbin"; missing=""; command -v postfix >/dev/null || missing="postfix"; \
	/usr/bin/python3 -c 'import dkim, nacl' 2>/dev/null || missing="$$missing python3-dkim python3-nacl"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then SUDO="env"; elif sudo -n true 2>/dev/null; then SUDO="sudo -n env"; \
	else echo "The tests need a mail server. Type: sudo apt-get install $$missing" >&2; exit 1; fi; \
	$$SUDO apt-get update -q && \
	$$SUDO DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing && \
	{ $$SUDO service postfix stop >/dev/null 2>&1 || true; }

# Real hosts for files. Debian starts what it installs; that is stopped again.
.PHONY: filehosts
filehosts:
	@PATH="$$PATH:/usr/sbin"; missing=""; command -v sshd >/dev/null || missing="openssh-server"; \
	command -v pure-ftpd >/dev/null || missing="$$missing pure-ftpd"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then SUDO="env"; elif sudo -n true 2>/dev/null; then SUDO="sudo -n env"; \
	else echo "The tests need hosts for files. Type: sudo apt-get install $$missing" >&2; exit 1; fi; \
	$$SUDO apt-get update -q && \
	$$SUDO DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing && \
	for name in $$missing; do $$SUDO service "$${name/openssh-server/ssh}" stop >/dev/null 2>&1 || true; done

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Dateline needs Python 3.11 or later." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Type: sudo apt-get install python3-venv" >&2; exit 1; }

$(VENV)/run.stamp: requirements/run.txt pyproject.toml | $(VENV)/bin/pip
	@echo "Installing what the wire needs; this is once."
	@$(BIN)/pip install -q --disable-pip-version-check --only-binary :all: --require-hashes -r requirements/run.txt
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test.stamp: requirements/test.txt $(VENV)/run.stamp
	@$(BIN)/pip install -q --disable-pip-version-check --only-binary :all: --require-hashes -r requirements/test.txt
	@touch $@

# Pin what *.in asks for, with hashes. Needs uv; it is not among the requirements.
lock:
	for set in run test; do \
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --only-binary :all: \
	    requirements/$$set.in -o requirements/$$set.txt; done

clean:
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis
