"""Does time grow with length alone, and does memory stay? Draws the answer.

`python -m benchmarks scale [--model NAME] [--longest 1000000] [--texts 100000] [--out docs/scale.svg]` (needs matplotlib)

Left: seconds for one text of 10^4 to `--longest` characters. Right: resident memory while a stream of `--texts` short
texts (a sentence each) is parsed. Each is measured in its own process.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from benchmarks.machine import facts, publish

ROOT = Path(__file__).parents[1]
LONG = """
import itertools, json, sys, time
import zsie
from zsie.corpus import load_corpus
sizes, model, corpus = json.load(sys.stdin)
parser = zsie.load(model); parser.parse("总投资1亿元。")
text = "\\n".join(d.text for d in load_corpus(corpus)[0])
while len(text) < max(sizes): text += "\\n" + text
for size in sizes:
    a = time.perf_counter(); report = parser.parse(text[:size]); n = len(report.entities)
    print(json.dumps([size, time.perf_counter() - a, n]), flush=True)
"""
MANY = """
import itertools, json, os, sys, time
import zsie
from zsie.corpus import load_corpus
from zsie.text import sentence_spans
count, model, corpus = json.load(sys.stdin)
parser = zsie.load(model)
sentences = [d.text[a:b] for d in load_corpus(corpus)[0] for a, b in sentence_spans(d.text) if b - a > 8]
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
a = time.perf_counter()
for n, report in enumerate(parser.stream(itertools.islice(itertools.cycle(sentences), count)), 1):
    if n % max(1, count // 50) == 0 or n == 1000:
        print(json.dumps([n, time.perf_counter() - a, resident()]), flush=True)
"""


def measure(script: str, job: object) -> list[list[float]]:
    """Lines of numbers that a script prints in its own process."""
    done = subprocess.run([sys.executable, "-c", script], input=json.dumps(job), capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main(argv: list[str] | None = None) -> int:
    """Print the figures and draw the plot."""
    assert __doc__
    parser = argparse.ArgumentParser(prog="python -m benchmarks scale", description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="default", help="a model folder, or the name of a shipped model")
    parser.add_argument("--longest", type=int, default=1_000_000)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "scale.svg")
    parser.add_argument("--into", type=Path, help="a file whose table to replace (docs/performance.md)")
    options = parser.parse_args(argv)
    told: list[str] = []
    corpus = str(ROOT / "corpus" / "authored")
    sizes = [n for n in (10_000, 30_000, 100_000, 300_000, 1_000_000) if n <= options.longest]
    long = measure(LONG, [sizes, options.model, corpus])
    many = measure(MANY, [options.texts, options.model, corpus])
    told.append(
        f"Model {options.model}. {facts('onnxruntime')}.\n\n| characters in one text | seconds | characters/s | entities |\n|---|---|---|---|"
    )
    for size, seconds, entities in long:
        told.append(f"| {size:,.0f} | {seconds:.1f} | {size / seconds:,.0f} | {entities:,.0f} |")
    told.append("\n| short texts | seconds | resident memory, MB |\n|---|---|---|")
    for count, seconds, memory in many[:: max(1, len(many) // 6)]:
        told.append(f"| {count:,.0f} | {seconds:.0f} | {memory:.0f} |")
    told.append(f"\npeak over the stream: {max(row[2] for row in many):.0f} MB")
    draw(long, many, options.out)
    publish("\n".join(told), "scale", options.into)
    return 0


def draw(long: list[list[float]], many: list[list[float]], out: Path) -> None:
    """Two plots side by side, as SVG."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "zsie", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6))
    left.loglog([row[0] for row in long], [row[1] for row in long], "o-")
    left.set_xlabel("characters in one text")
    left.set_ylabel("seconds")
    right.plot([row[0] for row in many], [row[2] for row in many])
    right.axhline(700, linestyle=":", color="gray")
    right.set_ylim(0, 800)
    right.set_xlabel("short texts parsed in one stream")
    right.set_ylabel("resident memory, MB")
    figure.tight_layout()
    figure.savefig(out, metadata={"Date": None})


if __name__ == "__main__":
    raise SystemExit(main())
