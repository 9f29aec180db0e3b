"""`python -m tests.queries`: write the answers and statements of the golden queries anew."""

import os
import sys

import pytest

from tests.queries.golden import FOLDER, REWRITE

if __name__ == "__main__":
    os.environ[REWRITE] = "1"
    sys.exit(pytest.main(["-q", "-p", "no:xdist", str(FOLDER / "test_golden.py")]))
