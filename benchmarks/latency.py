"""Start and latency as a user meets them: in fresh processes.

`python -m benchmarks latency [--model NAME] [--runs 5] [--characters 2500]`

Prints the median over `--runs` processes of the time that `import zsie` takes, of loading the model and parsing a first
report, and of parsing thirty more of about `--characters` characters (their 50th and 95th percentile).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.machine import facts, publish
from zsie.corpus import load_corpus

ROOT = Path(__file__).parents[1]
CHILD = """
import json, sys, time
texts, model = json.load(sys.stdin)
a = time.perf_counter(); import zsie
b = time.perf_counter(); parser = zsie.load(model); parser.parse(texts[0]).to_dict()
c = time.perf_counter(); later = []
for text in texts[1:]:
    d = time.perf_counter(); parser.parse(text).to_dict(); later.append(time.perf_counter() - d)
print(json.dumps([b - a, c - b, sorted(later)]))
"""


def reports(characters: int, count: int) -> list[str]:
    """Reports of one length, made by joining and cutting documents of the corpus."""
    text = "\n".join(d.text for d in load_corpus(ROOT / "corpus" / "authored")[0])
    return [text[i * characters : (i + 1) * characters] for i in range(count)]


def main(argv: list[str] | None = None) -> int:
    """Print the table."""
    assert __doc__
    parser = argparse.ArgumentParser(prog="python -m benchmarks latency", description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="default", help="a model folder, or the name of a shipped model")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--characters", type=int, default=2500)
    parser.add_argument("--into", type=Path, help="a file whose table to replace (docs/performance.md)")
    options = parser.parse_args(argv)
    told: list[str] = []
    job = json.dumps([reports(options.characters, 31), options.model])
    results = [
        json.loads(subprocess.run([sys.executable, "-c", CHILD], input=job, capture_output=True, text=True, check=True).stdout)
        for _ in range(options.runs)
    ]
    start, first = (statistics.median(r[i] for r in results) for i in (0, 1))
    later = sorted(t for r in results for t in r[2])
    told.append(
        f"Model {options.model}, reports of {options.characters} characters, {options.runs} processes. {facts('onnxruntime')}.\n"
    )
    told.append("| | seconds |\n|---|---|")
    told.append(f"| `import zsie` | {start:.3f} |\n| load and first report | {first:.3f} |")
    told.append(
        f"| each later report, median | {later[len(later) // 2]:.3f} |\n| 95th percentile | {later[int(0.95 * len(later))]:.3f} |"
    )
    publish("\n".join(told), "latency", options.into)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
