"""The spaCy door: the same spans as `zsie.parse`, and everything spaCy does with a pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy import displacy
from spacy.language import Language
from spacy.tokens import DocBin

import zsie
from zsie.pipeline import blank


@pytest.fixture(scope="module")
def nlp() -> Language:
    pipeline = spacy.blank("zh")
    pipeline.add_pipe("zsie")
    return pipeline


def keys(doc: spacy.tokens.Doc) -> list[tuple[str, int, int]]:
    return [(e.label_, e.start_char, e.end_char) for e in doc.ents]


def test_same_spans_as_parse(nlp: Language, reports: dict[str, zsie.Report]) -> None:
    for report in reports.values():
        doc = nlp(report.text)
        assert doc.text == report.text
        assert keys(doc) == [(e.label, e.start, e.end) for e in report.entities]
        assert len(doc._.relations) == len(report.relations)
        head, kind, tail = doc._.relations[0]
        assert (head.text, kind, tail.text) == (
            report.relations[0].head.text,
            report.relations[0].type,
            report.relations[0].tail.text,
        )


def test_attributes_of_spans(nlp: Language) -> None:
    doc = nlp("今年力争引进项目30个，到位资金2亿元。")
    amount = next(e for e in doc.ents if e.label_ == "AMOUNT")
    assert amount._.value["amount"] == "200000000"
    assert 0 < amount._.confidence <= 1


def test_pipe_disk_bytes(nlp: Language, reports: dict[str, zsie.Report], tmp_path: Path) -> None:
    texts = [r.text for r in reports.values()]
    expected = [keys(nlp(t)) for t in texts]
    assert [keys(doc) for doc in nlp.pipe(texts, batch_size=2)] == expected
    nlp.to_disk(tmp_path / "model")
    assert [keys(doc) for doc in spacy.load(tmp_path / "model").pipe(texts)] == expected
    assert zsie.load(tmp_path / "model").parse(texts[0]).entities
    copy = spacy.blank("zh")
    copy.add_pipe("zsie")
    copy.from_bytes(nlp.to_bytes())
    assert keys(copy(texts[0])) == expected[0]


def test_docbin_and_displacy(nlp: Language, reports: dict[str, zsie.Report]) -> None:
    doc = nlp(next(iter(reports.values())).text)
    stored = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    (back,) = DocBin(store_user_data=True).from_bytes(stored).get_docs(nlp.vocab)
    assert keys(back) == keys(doc)
    assert len(back._.relations) == len(doc._.relations)
    html = displacy.render(doc, style="ent", jupyter=False)
    assert doc.ents[0].label_ in html


def test_word_tokens_keep_exact_spans(reports: dict[str, zsie.Report]) -> None:
    words = blank(segmenter="pkuseg")
    words.add_pipe("zsie")
    report = reports["清湄市-2021年工作总结"]
    doc = words(report.text)
    assert keys(doc) == [(e.label, e.start, e.end) for e in report.entities]
    assert max(len(token) for token in doc) > 1
