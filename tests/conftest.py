"""Options and fixtures that all tests share."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--rewrite``: write what is really said into the scripted conversations."""
    parser.addoption("--rewrite", action="store_true", help="rewrite tests/conversations from what is said")
