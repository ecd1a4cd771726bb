"""How much does damage to the layout cost? Damaged copies of annotated documents, read by a model and scored.

`python -m benchmarks.faults [--model FOLDER] [--into docs/output.md]` damages the test split of the corpus in every way of
`FAULTS`, one at a time, and prints the strict micro F1 of entities and relations beside that of the undamaged documents.
Gold spans move with their text. Reading goes the whole public way (`Parser.stream`), so furniture is left out as for a
user, and every entity is checked to lie exactly on its characters. `--into` puts the table between the two marks
`<!-- faults -->` and `<!-- /faults -->` of a file. `--show KIND` prints the first damaged document instead.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import zsie
from benchmarks.machine import publish
from zsie.corpus import load_parts
from zsie.schema import DEFAULT
from zsie.training.metrics import Score, score_document, total
from zsie.types import Document, Entity, Relation

ROOT = Path(__file__).parents[1]
_FIGURES = frozenset({"AMOUNT", "COUNT", "COMPLETION_RATE", "PERCENT", "DATE"})
_NAMES = frozenset({"LOCATION", "COMPANY", "PERSON", "OFFICIAL", "PROJECT"})


@dataclass(frozen=True)
class Edit:
    """Characters `[start, end)` become `text`; with `start == end` text is put in before the character there.

    What is put in at the edge of an entity stays outside it.
    """

    start: int
    end: int
    text: str


def damaged(document: Document, edits: Iterable[Edit]) -> Document:
    """The document after `edits`, which must not overlap, straddle an entity's edge or take an entity away."""
    ordered = sorted(set(edits), key=lambda e: (e.start, e.end))
    parts: list[str] = []
    last = 0
    for edit in ordered:
        if edit.start < last:
            raise ValueError(f"edits overlap at character {edit.start} of {document.id}")
        parts += [document.text[last : edit.start], edit.text]
        last = edit.end
    text = "".join([*parts, document.text[last:]])
    starts = _moved([e.start for e in document.entities], ordered, inserted_before=True)
    ends = _moved([e.end for e in document.entities], ordered, inserted_before=False)
    entities = {}
    for entity in document.entities:
        start, end = starts[entity.start], ends[entity.end]
        if start >= end:
            raise ValueError(f"nothing is left of {entity.text!r} in {document.id}")
        entities[entity.id] = replace(entity, start=start, end=end, text=text[start:end])
    relations = tuple(replace(r, head=entities[r.head.id], tail=entities[r.tail.id]) for r in document.relations)
    return replace(document, text=text, entities=tuple(entities.values()), relations=relations)


def _moved(places: Sequence[int], edits: Sequence[Edit], *, inserted_before: bool) -> dict[int, int]:
    """Where places go; `inserted_before` says on which side of a place its own insertion falls."""
    moved = {}
    shift = at = 0
    for place in sorted(set(places)):
        while at < len(edits):
            edit = edits[at]
            insertion = edit.start == edit.end
            if edit.start > place or (edit.start == place and not (insertion and inserted_before)):
                break
            if edit.end > place:
                raise ValueError(f"an edit straddles the entity edge at character {place}")
            shift += len(edit.text) - (edit.end - edit.start)
            at += 1
        moved[place] = place + shift
    return moved


Fault = Callable[[Document, random.Random], Iterator[Edit]]


def lost_hyphens(document: Document, rng: random.Random) -> Iterator[Edit]:
    """Every dash between two figures is gone, and with it half of the 月 that stood for one: 1-10月份 → 110月份, 9月4日 → 94日."""
    for found in re.finditer(r"(?<=[\d月日])[-－–—―~～]+(?=\d)|(?<=\d)月(?=\d{1,2}日)", document.text):
        if found.group() != "月" or rng.random() < 0.5:
            yield Edit(*found.span(), "")


def lost_percent_signs(document: Document, rng: random.Random) -> Iterator[Edit]:
    """Every percent sign is gone: 增长42%。 → 增长42。."""
    for found in re.finditer(r"(?<=[\d.xX*×])[%％﹪]", document.text):
        yield Edit(*found.span(), "")


def hard_wraps(document: Document, rng: random.Random) -> Iterator[Edit]:
    """Lines of a fixed width, also in the middle of words."""
    width = rng.randint(26, 40)
    for line in re.finditer(r"[^\n]+", document.text):
        for place in range(line.start() + width, line.end(), width):
            yield Edit(place, place, "\n")


def spaced_digits(document: Document, rng: random.Random) -> Iterator[Edit]:
    """Spaces around most figures, and after some decimal points: 28. 1 %."""
    for found in re.finditer(r"\d+(?:\.\d+)?", document.text):
        for place in found.span():
            if 0 < place < len(document.text) and not document.text[place - 1 : place + 1].count("\n") and rng.random() < 0.8:
                yield Edit(place, place, " ")
        point = found.group().find(".")
        if point > 0 and rng.random() < 0.2:
            place = found.start() + point + 1
            yield Edit(place, place, " ")


GLOSSED = {
    "项": "項(xiàng)",
    "进": "進(jìn)",
    "会": "會(huì)",
    "开": "開(kāi)",
    "发": "發(fā)",
    "资": "資(zī)",
    "业": "業(yè)",
    "产": "產(chǎn)",
    "设": "設(shè)",
    "实": "實(shí)",
    "现": "現(xiàn)",
    "动": "動(dòng)",
    "务": "務(wù)",
    "签": "簽(qiān)",
    "约": "約(yuē)",
    "县": "縣(xiàn)",
    "长": "長(zhǎng)",
    "区": "區(qū)",
    "这": "這(zhè)",
    "经": "經(jīng)",
    "济": "濟(jì)",
    "团": "團(tuán)",
    "额": "額(é)",
    "强": "強(qiáng)",
    "与": "與(yǔ)",
}


def pinyin_glosses(document: Document, rng: random.Random) -> Iterator[Edit]:
    """A converted copy with readings in brackets: 進(jìn)一步推進(jìn)項(xiàng)目; a gloss belongs to its character."""
    for place, char in enumerate(document.text):
        if char in GLOSSED and rng.random() < 0.35:
            yield Edit(place, place + 1, GLOSSED[char])


def page_numbers(document: Document, rng: random.Random) -> Iterator[Edit]:
    """A page number on a line of its own in the middle of a sentence, about every 300 characters; never inside an entity,
    where the guidelines do not say what is gold."""
    styles = ("\n- {n} -\n", "\n{n}\n", "\n第{n}页\n", "\n{n} / 9\n", "\n\n{n}、")
    style = rng.choice(styles)
    for number, place in enumerate(_between(document, rng, every=300), 1):
        yield Edit(place, place, style.format(n=number))


def watermarks(document: Document, rng: random.Random) -> Iterator[Edit]:
    """What sites put into copies: 7rw and the like, or their names, behind sentences, about every 150 characters."""
    ends = [m.end() for m in re.finditer("[。;；]", document.text) if not _inside(document, m.end())]
    names = ("公文汇,办公文档之家", "【素材来源:范文网】", "稿子汇 www.gaozihui.example", "更多文章请关注微信公众号")
    for place in rng.sample(ends, min(len(ends), 1 + len(document.text) // 150)):
        garble = "".join(rng.choice("0123456789abcdefghijkmnprstuvwxyzIUKQ") for _ in range(3))
        yield Edit(place, place, garble if rng.random() < 0.6 else rng.choice(names))


def mojibake(document: Document, rng: random.Random) -> Iterator[Edit]:
    """Broken bytes in place of one to three Chinese characters, about every 80; an entity keeps its edges and figures."""
    fragments = ("????", "\ufffd?", "?\ufffd \ufffd", "ぃ", "?ㄈ", "锟斤拷", "??h")
    fixed = {i for e in document.entities for i in (e.start, e.end - 1)}
    fixed |= {i for e in document.entities if e.label in _FIGURES for i in range(e.start, e.end)}
    place = rng.randint(20, 100)
    while place < len(document.text) - 3:
        size = rng.randint(1, 3)
        hit = range(place, place + size)
        whole = all("\u4e00" <= document.text[i] <= "\u9fff" and i not in fixed for i in hit)
        if not whole:
            place += 1
            continue
        yield Edit(place, place + size, rng.choice(fragments))
        place += size + rng.randint(40, 120)


def mixed_masks(document: Document, rng: random.Random) -> Iterator[Edit]:
    """Half of the figures and a third of the names masked, in several styles within one text."""
    styles = ("*", "**", "x", "xx", "X", "×", "××", "#")
    for entity in document.entities:
        if entity.label in _FIGURES and rng.random() < 0.5:
            style = rng.choice(styles)
            for found in re.finditer(r"\d+", entity.text):
                year = len(found.group()) == 4 and found.group()[:2] in ("19", "20") and entity.label == "DATE"
                start = entity.start + found.start() + (2 if year else 0)
                yield Edit(start, entity.start + found.end(), style[0] * 2 if year else style)
        elif entity.label in _NAMES and len(entity.text) > 4 and rng.random() < 0.33:
            style = rng.choice((*styles, "某", "某某"))
            size = rng.randint(1, 2)
            place = entity.end - size if entity.label in ("OFFICIAL", "PERSON") else entity.start
            if re.fullmatch(r"[\u4e00-\u9fff]+", document.text[place : place + size]):
                yield Edit(place, place + size, style)


def stops_for_points(document: Document, rng: random.Random) -> Iterator[Edit]:
    """Decimal points become full stops: 1。24万平方米."""
    for found in re.finditer(r"(?<=\d)\.(?=\d)", document.text):
        yield Edit(*found.span(), "。")


FAULTS: dict[str, Fault] = {
    "lost hyphens": lost_hyphens,
    "lost percent signs": lost_percent_signs,
    "hard wraps inside words": hard_wraps,
    "spaces around digits": spaced_digits,
    "pinyin glosses": pinyin_glosses,
    "page numbers mid-sentence": page_numbers,
    "watermarks": watermarks,
    "mojibake fragments": mojibake,
    "mixed masks": mixed_masks,
    "full stops for decimal points": stops_for_points,
}


def inject(document: Document, kind: str, *, seed: int = 0) -> tuple[Document, int]:
    """A damaged copy and how often it was hit; the same for the same seed."""
    edits = list(FAULTS[kind](document, random.Random(f"{seed}/{kind}/{document.id}")))
    return damaged(document, edits), len(edits)


def _between(document: Document, rng: random.Random, *, every: int) -> list[int]:
    """Places between two characters of a line, outside entities, about `every` characters apart."""
    places = []
    for near in range(every, len(document.text), every):
        near += rng.randint(-every // 6, every // 6)
        here = range(max(near, 1), min(near + 60, len(document.text) - 1))
        place = next((i for i in here if not _inside(document, i) and "\n" not in document.text[i - 1 : i + 1]), None)
        if place is not None:
            places.append(place)
    return places


def _inside(document: Document, place: int) -> bool:
    return any(e.start < place < e.end for e in document.entities)


@dataclass(frozen=True)
class Line:
    """The scores of one kind of damage."""

    kind: str
    hits: int
    entities: Score
    relations: Score


def measure(parser: zsie.Parser, documents: Sequence[Document], kind: str | None, *, seed: int = 0) -> Line:
    """Damage, parse and score; raise AssertionError where a predicted span does not lie on its characters."""
    pairs = [inject(document, kind, seed=seed) if kind else (document, 0) for document in documents]
    gold = [document for document, _ in pairs]
    predicted = [_document(d, report) for d, report in zip(gold, parser.stream(d.text for d in gold), strict=True)]
    scores = total(score_document(p, g, DEFAULT) for p, g in zip(predicted, gold, strict=True))
    return Line(kind or "undamaged", sum(hits for _, hits in pairs), scores.entity_micro, scores.relation_micro)


def _document(gold: Document, report: zsie.Report) -> Document:
    """The report as a document, its offsets checked."""
    assert report.text == gold.text
    last = 0
    for entity in report.entities:
        assert last <= entity.start < entity.end <= len(report.text), f"{gold.id}: {entity} lies outside the text or on another"
        assert report.text[entity.start : entity.end] == entity.text, f"{gold.id}: {entity} does not lie on its characters"
        last = entity.end
    plain: dict[str, Entity] = {e.id: e for e in report.entities}
    relations = tuple(Relation(r.type, plain[r.head.id], plain[r.tail.id]) for r in report.relations)
    return Document(gold.id, report.text, tuple(plain.values()), relations)


def table(lines: Sequence[Line]) -> str:
    """The scores as a Markdown table; differences to the first line in points."""
    base = lines[0]
    rows = ["| damage | hits | entities F1 | change | relations F1 | change |", "|---|---|---|---|---|---|"]
    for line in lines:
        cells = []
        for mine, plain in ((line.entities, base.entities), (line.relations, base.relations)):
            cells += [f"{mine.f1:.3f}", "" if line is base else f"{100 * (mine.f1 - plain.f1):+.1f}"]
        rows.append(f"| {line.kind} | {line.hits or ''} | {' | '.join(cells)} |")
    return "\n".join(rows)


def main(argv: list[str] | None = None) -> int:
    """Print the table."""
    assert __doc__
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="a model folder, or the name of a shipped model")
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus" / "authored")
    parser.add_argument("--splits", type=Path, default=ROOT / "corpus" / "splits.toml")
    parser.add_argument("--split", default="test", help="which split to damage (default: test)")
    parser.add_argument("--limit", type=int, help="take only the first documents")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--into", type=Path, help="a file whose table to replace")
    parser.add_argument("--show", choices=FAULTS, metavar="KIND", help=f"print a damaged document: {', '.join(FAULTS)}")
    options = parser.parse_args(argv)
    parts, faults = load_parts(options.corpus, splits=options.splits)
    for fault in faults:
        print(fault, file=sys.stderr)
    documents = parts[options.split][: options.limit]
    if options.show:
        print(inject(documents[0], options.show, seed=options.seed)[0].text)
        return 0
    reader = zsie.load(options.model)
    lines = []
    for kind in (None, *FAULTS):
        lines.append(measure(reader, documents, kind, seed=options.seed))
        print(f"{lines[-1].kind}: {lines[-1].entities.f1:.3f}", file=sys.stderr, flush=True)
    name = f"{reader.model.name} {reader.model.version}"
    text = f"Model {name}, {len(documents)} documents of the {options.split} split, seed {options.seed}.\n\n{table(lines)}"
    publish(text, "faults", options.into)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
