"""The reviewed list of methods of ours that can be called from outside."""

from pathlib import Path

LIST = Path(__file__).resolve().parents[1] / "data" / "public_methods.txt"


def read_public_methods():
    """``model.method`` of each line that is no comment."""
    lines = LIST.read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]
