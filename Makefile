# make lab        set up and open lesson 1
# make test       set up and run every test (nbval on all notebooks included)
# make test-gpu   the notebooks and the gpu tests on a GPU
# make fuzz       every exercise and its mutants over many drawn inputs (hours; SEEDS=40 says how many)
# make bench      the benchmarks; figures are kept in benchmarks/README.md
#
# Everything is installed into .venv. PYTHON=python3.12 chooses the interpreter that makes it.

PYTHON ?= python3
BIN = .venv/bin
# nbgrader calls its tools (alembic, jupyter) by their names.
export SEEDS ?= 40
# Threads that wait should sleep: beside one busy process, threads that spin are a hundred times as slow.
export OMP_WAIT_POLICY ?= passive
export PATH := $(CURDIR)/.venv/bin:$(PATH)
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: lab test test-code test-solutions test-lessons test-gpu fuzz bench clean

lab: .venv/.installed
	$(BIN)/course lab 01_tensors

.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "The course needs Python 3.11 or later; try make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the course into .venv (PyTorch is large: a few minutes the first time)"
	$(PIP) -e .
	$(BIN)/jupyter kernelspec install --sys-prefix course_utils/cli/jupyter/kernels/pytorch-nine-lessons 2>/dev/null
	@touch $@

.venv/.test-installed: .venv/.installed
	$(PIP) -e '.[test,cluster,sandbox]'
	@touch $@

test: .venv/.test-installed
	$(MAKE) test-code
	$(MAKE) test-lessons
	$(MAKE) test-solutions

# Style, types, notebooks that are what their sources make, and the tests of the code, two files at a time.
test-code: .venv/.test-installed
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/course build --check
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests

# Two notebooks at a time, each on one thread: small nets on two busy cores lose more to waiting threads than they gain.
NBVAL = OMP_NUM_THREADS=1 COURSE_DATA=embedded $(BIN)/python -m pytest --nbval-current-env -n 2 --dist loadfile

# Every released lesson runs to its end, unsolved.
test-lessons: .venv/.test-installed
	COURSE_CHECK=report $(NBVAL) --nbval-lax lessons

# Every solution runs, every check is passed, and the outputs that teach are what they were.
test-solutions: .venv/.test-installed
	COURSE_CHECK=raise $(NBVAL) --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg solutions

# Outputs may differ on a GPU (devices, rounding), so cells are run and not compared.
test-gpu: .venv/.test-installed
	COURSE_DEVICE=cuda $(BIN)/python -m pytest -m gpu -rs tests
	COURSE_DEVICE=cuda COURSE_DATA=embedded COURSE_CHECK=raise $(BIN)/python -m pytest --nbval-lax \
		--nbval-current-env solutions

# nbgrader's own tests of autograde, with the steps of nbgrader_config.py in the place of nbgrader's.
test-nbgrader: .venv/.test-installed
	$(BIN)/python -m pytest -c /dev/null --rootdir . -p tests.nbgrader_road -p no:cacheprovider \
		--pyargs nbgrader.tests.apps.test_nbgrader_autograde

fuzz: .venv/.test-installed
	$(BIN)/python -m pytest tests/many_seeds.py

bench: .venv/.test-installed
	for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache artefacts
