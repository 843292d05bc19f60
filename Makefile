# make run    install and serve the rehearsal page
# make test   install and pass every test
# make check  linters, types, imports, catalogs
# make fix    mend what linter and formatter can mend by themselves

VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
PYTEST ?= -n 2 --dist loadfile
EXTRACT := $(BIN)/pybabel -q extract -F locales/babel.cfg --no-default-keywords -k tr -k trn:1,2 -k Denied -k BadSetting --omit-header --sort-output

.PHONY: run test check lint fix catalogs-check lock migration bench bench-answers bench-zalo bench-starts bench-forged bench-board bench-upkeep bench-pace bench-running fuzz chaos clean

run: $(VENV)/installed
	$(BIN)/dondoc run

test: $(VENV)/installed-dev
	sh tests/prepare_browser.sh
	$(BIN)/pytest $(PYTEST)

check: lint catalogs-check

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fix: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# ---------------------------------------------------------------- what has to be there

$(VENV)/bin/pip:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); sh tests/install_debian.sh python3-venv && $(PYTHON) -m venv $(VENV); }

$(VENV)/installed: requirements.lock pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/installed-dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/installed

# Every text that the code names stands in both catalogs, none is empty or fuzzy, none is left over.
catalogs-check: $(VENV)/installed-dev
	mkdir -p build
	$(EXTRACT) -o build/messages.pot handlers bot
	$(BIN)/python -m tests.check_catalogs build/messages.pot

# ---------------------------------------------------------------- for those who change it

lock:
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra install pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra dev --extra install --constraint requirements.lock pyproject.toml -o requirements-dev.lock

migration:
	$(BIN)/python -m storage.new_migration $(NUMBER) "$(TITLE)"

bench: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.turns

bench-starts: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.starts

bench-forged: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.forged_webhooks

bench-zalo: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.zalo_webhooks

bench-answers: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.answers

bench-pace: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.pace

bench-board: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.board

bench-upkeep: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.upkeep

bench-running: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.running

# Kills and lets down the real program while a hundred people report: SCENARIO (all; names in tests/chaos/scenarios.py), PEOPLE,
# KILLS, SEED and so on (tests/chaos/size.py).
chaos: $(VENV)/installed-dev
	$(BIN)/python -m tests.chaos.run

# Spoils and reads whatever comes from outside: FUZZ_SECONDS (600), FUZZ_SEED.
fuzz: $(VENV)/installed-dev
	$(BIN)/python -m tests.fuzz.run

clean:
	rm -rf $(VENV) build artifacts var *.egg-info
