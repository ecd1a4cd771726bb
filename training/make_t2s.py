"""Make `zsie/text/t2s.txt`, the traditional-to-simplified character table of the text layer.

    pip install opencc-python-reimplemented && python training/make_t2s.py

Source: OpenCC's TSCharacters dictionary (Apache License 2.0, see NOTICE). A character that is itself a usual simplified
one (乾, 著, 於 in names ...) is mapped as OpenCC's first choice says; only single characters are kept, so lengths never change.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

HEADER = "# Derived from OpenCC TSCharacters (Apache-2.0) by training/make_t2s.py: first line traditional, second simplified\n"


def main() -> None:
    """Command line entry."""
    spec = importlib.util.find_spec("opencc")
    if spec is None or spec.origin is None:
        raise SystemExit("pip install opencc-python-reimplemented first")
    source = next(Path(spec.origin).parent.rglob("TSCharacters.txt"))
    pairs = {}
    for line in source.read_text(encoding="utf-8").splitlines():
        traditional, _, simplified = line.partition("\t")
        first = simplified.split(" ")[0]
        if len(traditional) == len(first) == 1 and traditional != first:
            pairs[traditional] = first
    target = Path(__file__).parents[1] / "zsie" / "text" / "t2s.txt"
    target.write_text(HEADER + "".join(pairs) + "\n" + "".join(pairs.values()) + "\n", encoding="utf-8")
    print(f"{target}: {len(pairs)} characters")


if __name__ == "__main__":
    main()
