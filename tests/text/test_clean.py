import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsie.text import clean, sentence_spans

CHINESE = st.text(
    alphabet="引进项目25个到位资金４．３４亿元，。；　 \n\r\t縣億會(huì)﹪%xX*【】“”—～-1abc\u200b\ufeff😀", max_size=300
)
ANY = st.one_of(st.text(max_size=300), CHINESE)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("到位資金４．３４億元，完成１１２．７﹪", "到位资金4.34亿元,完成112.7%"),
        ("引进 145 亿元", "引进145亿元"),
        ("占 28. 1%", "占28.1%"),
        ("進(jìn)一步", "进一步"),
        ("會(huì )議", "会议"),
        ("１～６月", "1~6月"),
        ("第一行\r\n\r\n　　第二行", "第一行\n第二行"),
        ("\ufeff总\u200b结\x07", "总结"),
        ("open project", "open project"),
        ("张伟  李明", "张伟 李明"),
        ("「西博會」", "“西博会”"),
        ("新建厂房1。24万平方米", "新建厂房1.24万平方米"),
        ("增长12。5％", "增长12.5%"),
        ("降至2.54。30个县", "降至2.54。30个县"),
        ("到位8。2、项目", "到位8。2、项目"),
        ("", ""),
    ],
)
def test_what_cleaning_does(raw: str, expected: str) -> None:
    assert clean(raw).clean == expected


def test_hard_wraps_go_and_paragraphs_stay() -> None:
    wrapped = (
        "今年以来我局在县委县政府的正确领导下围绕全县工作大局全力推进招商引\n"
        "资工作取得了较好的成绩共引进项目二十五个到位资金四亿元完成全年目标\n"
        "任务的百分之九十为全县经济社会发展作出了应有的贡献受到上级充分肯定\n"
        "和一致好评。\n一、主要成绩\n下半年打算"
    )
    text = clean(wrapped).clean
    assert "招商引资工作" in text
    assert "全年目标任务的" in text
    assert "好评。\n一、主要成绩\n下半年打算" in text


def test_short_lines_are_not_taken_for_wraps() -> None:
    lines = "红榜\n甲镇\n乙镇\n丙镇"
    assert clean(lines).clean == lines


def test_a_gloss_belongs_to_its_character() -> None:
    raw = "共34個(gè)項目"
    text = clean(raw)
    start = text.clean.index("34个")
    assert raw[slice(*text.to_raw(start, start + 3))] == "34個(gè)"


@given(ANY)
def test_every_clean_character_has_one_raw_character(raw: str) -> None:
    text = clean(raw)
    assert len(text.offsets) == len(text.clean)
    assert all(a < b for a, b in zip(text.offsets, text.offsets[1:], strict=False))
    assert all(0 <= i < len(raw) for i in text.offsets)


@given(ANY, st.data())
def test_spans_go_there_and_back(raw: str, data: st.DataObject) -> None:
    text = clean(raw)
    start = data.draw(st.integers(0, len(text.clean)))
    end = data.draw(st.integers(start, len(text.clean)))
    low, high = text.to_raw(start, end)
    assert 0 <= low <= high <= len(raw)
    assert text.to_clean(low, high) == (start, end) or start == end


@given(ANY)
def test_sentences_cover_the_text(raw: str) -> None:
    text = clean(raw).clean
    spans = sentence_spans(text)
    assert "".join(text[a:b] for a, b in spans) == text
    assert all(b > a for a, b in spans)


def test_a_million_characters() -> None:
    raw = "全县引进项目25个，到位資金4.34亿元。\r\n" * 40_000
    text = clean(raw)
    assert text.clean.count("到位资金4.34亿元") == 40_000


def test_lone_surrogates_are_left_out_and_offsets_stay_exact() -> None:
    text = clean("县\ud800委\udfff。")
    assert text.clean == "县委。"
    assert text.to_raw(0, 2) == (0, 3)
