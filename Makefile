# Two commands do everything on a fresh Debian or Ubuntu machine with Python 3.11, make and apt:
#   make demo    the main job from end to end          make test    all tests
# Each target calls one documented command; nothing else lives here.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: help setup demo run test test-all bench build lint compile clean

help:
	@sed -n 's/^#   //p' Makefile

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml tools/setup.sh
	PYTHON="$(PYTHON)" bash tools/setup.sh
	@touch $(STAMP)

#   make demo        server, workspace, the real window, a kill, the report, the sync; says where it left everything
demo: setup
	$(BIN)/python -m inspector_app demo

#   make run         the window on a demo workspace with the embedded server
run: setup
	$(BIN)/python -m inspector_app demo --window

#   make test        the whole suite, quiet, under ten minutes on two cores
test: setup lint
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not long and not heavy"

#   make test-all    adds what is heavy and long, and names what it could not run
test-all: setup lint
	$(BIN)/python tools/test_all.py

#   make lint        ruff and strict mypy over all packages
lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

#   make bench       figures as ratios in one run
bench: setup
	$(BIN)/python bench/run.py

#   make build       freeze the program into one folder (dist/inspector)
build: setup
	$(BIN)/pyinstaller --noconfirm --log-level WARN build.spec

clean:
	rm -rf build dist .stamps demo-output .mypy_cache .ruff_cache .import_linter_cache
