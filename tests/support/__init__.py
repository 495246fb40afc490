"""Real databases, servers, clients and browsers for the tests in this folder."""

import sys
from pathlib import Path

LIBRARY = str(Path(__file__).resolve().parents[2] / "bin" / "lib")
if LIBRARY not in sys.path:
    sys.path.insert(0, LIBRARY)
