"""Score the value grammars, and JioNLP and cn2an beside them, on hand-written expressions.

`python -m benchmarks.values [TABLE.tsv ...] [--wrong]` prints the exact scores by kind; `--wrong` lists what failed.
A table has the columns kind, text, before, context, expected. `expected` names the keys that must agree:
`amount=434000000;approx=-` (`-` is null, `a|b` a list, `scale.amount` a nested key). `context` belongs to dates:
`date=` the report's date, `title=` its title, `prior=` a date named earlier in the sentence, `earlier=` one in an earlier
sentence. The peers are scored on the rows that they could know, by number and currency or start and end alone, and only
where they are installed (`pip install jionlp cn2an`).
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from zsie.values import DateMention, resolve, value_of

HERE = Path(__file__).parent
TABLES = (HERE / "values.tsv", HERE / "values_heldout.tsv")
LABELS = {
    "money": "AMOUNT",
    "percent": "PERCENT",
    "count": "COUNT",
    "person": "PERSON",
    "company": "COMPANY",
    "event": "EVENT",
    "project": "PROJECT",
    "indicator": "INDICATOR",
}


@dataclass(frozen=True)
class Row:
    """One expression with what is known around it and the keys its value must show."""

    kind: str
    text: str
    before: str
    context: dict[str, str]
    expected: dict[str, str]


def read_rows(path: Path) -> list[Row]:
    """The rows of a table; `\\n` in a text stands for a line break."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                kind=row["kind"],
                text=row["text"].replace("\\n", "\n"),
                before=row["before"],
                context=_pairs(row["context"]) if "=" in row["context"] else {},
                expected=_pairs(row["expected"]),
            )
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def _pairs(text: str) -> dict[str, str]:
    return {key: value for key, _, value in (part.partition("=") for part in text.split(";"))}


def ours(row: Row) -> dict[str, Any]:
    """The value zsie gives the row."""
    if row.kind != "date":
        return value_of(LABELS[row.kind], row.text, before=row.before) or {}
    given = row.context
    mentions = [DateMention(given[key], n) for n, key in ((0, "earlier"), (1, "prior")) if key in given]
    report_date = dt.date.fromisoformat(given["date"]) if "date" in given else None
    values = resolve([*mentions, DateMention(row.text, 1)], report_date=report_date, title=given.get("title"))
    return values[-1] or {"kind": "unparsed"}


def agrees(value: dict[str, Any], expected: dict[str, str]) -> bool:
    """Whether every expected key has its expected value."""
    return all(_shown(value, key) == wanted for key, wanted in expected.items())


def _shown(value: Any, path: str) -> str:
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    if value is None:
        return "-"
    if isinstance(value, list):
        return "|".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def wanted_numbers(row: Row) -> tuple[Decimal | None, Decimal | None]:
    """The figure a row expects as (low, high): equal for one figure, both None for a masked one."""
    amount = row.expected.get("amount", row.expected.get("ratio", "-"))
    low, high = (amount, amount) if amount != "-" else (row.expected.get("low", "-"), row.expected.get("high", "-"))
    return _decimal(low), _decimal(high)


def _decimal(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text).replace(",", ""))
    except InvalidOperation:
        return None


_CASES = {"元": "CNY", "美元": "USD", "港元": "HKD", "港币": "HKD", "欧元": "EUR", "日元": "JPY", "韩元": "KRW", "英镑": "GBP"}
_CASES |= {
    "新台币": "TWD",
    "台币": "TWD",
    "新加坡元": "SGD",
    "新元": "SGD",
    "澳元": "AUD",
    "加元": "CAD",
    "澳门元": "MOP",
    "美金": "USD",
}


def jionlp_money(row: Row) -> bool | None:
    """Whether JioNLP's parse_money finds the row's figure and currency; masked rows want no figure."""
    import jionlp

    if row.kind != "money":
        return None
    low, high = wanted_numbers(row)
    try:
        found = jionlp.parse_money(row.text)
    except Exception:
        found = None
    if row.expected.get("kind") == "masked":
        return not found
    if not found or _CASES.get(found["case"], found["case"]) != row.expected.get("currency", "CNY"):
        return False
    numbers = [_decimal(n) for n in (found["num"] if isinstance(found["num"], list) else [found["num"]] * 2)]
    if low is None or high is None:
        return numbers[0] == (high if low is None else low)
    # JioNLP reads 30多万元 as 300,000 to 400,000, which is as good a reading as ours.
    return numbers[0] == low and (numbers[1] == high or row.expected.get("approx") == "over")


def jionlp_time(row: Row) -> bool | None:
    """Whether JioNLP's parse_time finds the row's start and end from the report's date."""
    import jionlp

    if row.kind != "date" or set(row.context) != {"date"}:
        return None
    base = dt.datetime.fromisoformat(row.context["date"]).timestamp()
    try:
        found = jionlp.parse_time(row.text, time_base=base)
        ends = [day[:10] for day in found["time"]] if found else []
    except Exception:
        ends = []
    if row.expected.get("masked"):
        return not ends
    return ends == [row.expected["start"], row.expected["end"]]


_NUMERAL = re.compile(r"[负\-]?[\d.,，。·０-９．零〇○一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟點点廿萬億]+")


def cn2an_number(row: Row) -> bool | None:
    """Whether cn2an reads the row's numeral, cut out for it; not asked where the numeral is no single stretch (30多万元)."""
    import cn2an

    numeral = _NUMERAL.match(row.text)
    low, high = wanted_numbers(row)
    if row.kind not in ("money", "count") or numeral is None or low is None or low != high:
        return None
    if re.search(r"[\d\s万萬亿億多余个個角分]|^瓦", row.text[numeral.end() :]):
        return None
    try:
        return _decimal(cn2an.cn2an(numeral.group(), "smart")) == low
    except Exception:
        return False


PEERS: dict[str, tuple[str, Callable[[Row], bool | None]]] = {
    "JioNLP parse_money": ("jionlp", jionlp_money),
    "JioNLP parse_time": ("jionlp", jionlp_time),
    "cn2an": ("cn2an", cn2an_number),
}


def group(row: Row) -> str:
    """The line of the score table a row counts for."""
    if row.expected.get("kind") == "masked" or row.expected.get("masked") == "true":
        return f"{row.kind} masked"
    if row.kind == "date" and set(row.context) != {"date"}:
        return "date in context"
    # What 年底 or 上旬 spans is a convention that two readers may set differently, so it has a line of its own.
    if row.kind == "date" and re.search("[初底末终中旬]", row.text):
        return "date by convention"
    return row.kind


def score(rows: Iterable[Row], judge: Callable[[Row], bool | None]) -> tuple[dict[str, list[int]], list[Row]]:
    """Right and asked by group, and the rows that were wrong."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    wrong = []
    for row in rows:
        right = judge(row)
        if right is None:
            continue
        counts[group(row)][0] += right
        counts[group(row)][1] += 1
        if not right:
            wrong.append(row)
    return counts, wrong


def main(argv: list[str] | None = None) -> int:
    """Print the scores of every table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.values", description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*", type=Path, default=[t for t in TABLES if t.exists()])
    parser.add_argument("--wrong", action="store_true", help="list the rows that zsie reads otherwise")
    options = parser.parse_args(argv)
    judges: dict[str, Callable[[Row], bool | None]] = {"zsie": lambda row: agrees(ours(row), row.expected)}
    for name, (module, judge) in PEERS.items():
        try:
            __import__(module)
        except ImportError:
            print(f"{name}: not installed, left out (pip install {module})", file=sys.stderr)
        else:
            judges[name] = judge
    for path in options.tables:
        rows = read_rows(path)
        scores = {name: score(rows, judge) for name, judge in judges.items()}
        print(f"\n{path.name}: {len(rows)} rows, exact share (right/asked)\n")
        print("| kind | " + " | ".join(scores) + " |\n|---" + "|---" * len(scores) + "|")
        for kind in [*sorted({group(row) for row in rows}), "all"]:
            cells = [_cell(counts, kind) for counts, _ in scores.values()]
            print(f"| {kind} | " + " | ".join(cells) + " |")
        if options.wrong:
            for row in scores["zsie"][1]:
                print(f"{row.kind}\t{row.before}[{row.text}]\t{row.context}\n   want {row.expected}\n   got  {ours(row)}")
    return 0


def _cell(counts: dict[str, list[int]], kind: str) -> str:
    pairs = counts.values() if kind == "all" else [counts[kind]] if kind in counts else []
    right, asked = (sum(n) for n in zip(*pairs, strict=True)) if pairs else (0, 0)
    return f"{right / asked:.3f} ({right}/{asked})" if asked else "–"


if __name__ == "__main__":
    raise SystemExit(main())
