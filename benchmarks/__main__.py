"""`python -m benchmarks NAME [OPTIONS]`: card, values, faults, speed, latency, scale, spacy_ner."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("card", "values", "faults", "speed", "latency", "scale", "spacy_ner")


def main() -> int:
    """Run one benchmark with the rest of the command line."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in NAMES:
        print(
            f"python -m benchmarks NAME [OPTIONS]; NAME is one of {', '.join(NAMES)}; NAME --help tells its options",
            file=sys.stderr,
        )
        return 2
    return int(import_module(f"benchmarks.{name}").main(sys.argv[2:]))


if __name__ == "__main__":
    raise SystemExit(main())
