# Each target sets up what it needs. ARGS goes to the program: make test ARGS="-k sqlite"
SHELL = /bin/sh
TOX = .venv/bin/tox
ARGS =
comma = ,

.PHONY: help demo test test-all lint golden bench clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: .venv/.falsework  ## the whole story on a throw-away SQLite file
	@.venv/bin/falsework demo $(ARGS)

test: .venv/.tox  ## lint, and all tests on real servers
	$(TOX) run $(if $(ARGS),-e lint$(comma)py -- $(ARGS))

test-all: .venv/.tox  ## the same with every crash point on every engine
	$(TOX) run -e lint,full,sqlalchemy20 $(if $(ARGS),-- $(ARGS))

lint: .venv/.tox  ## ruff, mypy --strict, import-linter
	$(TOX) run -e lint

golden: .venv/.tox  ## write the expected plans anew; read the difference before you commit it
	$(TOX) run -e py -- --update-golden $(ARGS)

bench: .venv/.tox  ## measure
	$(TOX) run -e bench $(if $(ARGS),-- $(ARGS))

clean:  ## remove everything that the other targets made here
	rm -rf .venv .tox build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.falsework: pyproject.toml scripts/bootstrap
	@sh scripts/bootstrap --editable .
	@touch $@

.venv/.tox: pyproject.toml scripts/bootstrap
	@sh scripts/bootstrap "tox>=4.14"
	@touch $@
