"""What must hold for every figure and date, not only for the ones that someone thought of."""

import datetime as dt
import time
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from zsie.schema import DEFAULT
from zsie.values import DateContext, DateMention, period, resolve, value_of
from zsie.values.number import parse_number, plain

# A busy machine is no failure; what a value may cost is tested by the long damage below.
unhurried = settings(deadline=None)
FULL_WIDTH = str.maketrans("0123456789.,%", "０１２３４５６７８９．，％")
UNITS = {"元": 1, "万元": 10**4, "亿元": 10**8, "万亿元": 10**12, "万": 10**4, "亿": 10**8, "万美元": 10**4, "億港元": 10**8}
GRAMMAR = "0123456789.,，。·%％﹪‰一二三四五六七八九十百千万亿兆零〇两半几数多余约近超上以下左右至到-～—年月日号季度前后上下半旬初底末中第届个家次成倍分之点元美港xX*×#_○某“”（）()截止今去明当同期縣億萬 \n"
DAMAGED = st.text(alphabet=GRAMMAR, max_size=40)
FIGURES = st.decimals(min_value=0, max_value=10**9, places=3, allow_nan=False, allow_infinity=False)


@unhurried
@given(st.sampled_from(DEFAULT.labels), st.one_of(DAMAGED, st.text(max_size=40)), DAMAGED)
def test_no_string_raises(label: str, text: str, before: str) -> None:
    value = value_of(label, text, before=before)
    assert value is None or value["kind"] != "unparsed" or value["text"] == text


@pytest.mark.parametrize("label", DEFAULT.labels)
@pytest.mark.parametrize(
    "text", ["亿" * 120, "9" * 120, "1-" * 80, "副书记" * 60, "第" * 150, "x" * 150, "1.1" * 60, "省" * 150]
)
def test_long_damage_is_read_quickly_or_not_at_all(label: str, text: str) -> None:
    begun = time.process_time()
    value = value_of(label, text)
    # A millisecond or two; a pattern that tries every way to split the text would take minutes.
    assert time.process_time() - begun < 1
    assert (value is None) == (label in ("ORG", "LOCATION"))


@unhurried
@given(FIGURES, st.sampled_from(sorted(UNITS)), st.booleans(), st.booleans(), st.booleans())
def test_a_written_amount_is_read_back(figure: Decimal, unit: str, commas: bool, wide: bool, spaced: bool) -> None:
    digits = f"{figure:,}" if commas else str(figure)
    text = (digits.translate(FULL_WIDTH) if wide else digits) + (" " if spaced else "") + unit
    value = value_of("AMOUNT", text)
    assert value is not None
    assert Decimal(value["amount"]) == figure * UNITS[unit]
    assert value["amount"] == value["low"] == value["high"] == plain(figure * UNITS[unit])


@unhurried
@given(FIGURES, st.sampled_from(["个", "家", "亩", "万吨", "亿度"]))
def test_a_written_count_is_read_back(figure: Decimal, unit: str) -> None:
    value = value_of("COUNT", f"{figure}{unit}")
    assert value is not None
    assert Decimal(value["amount"]) == figure * {"万吨": 10**4, "亿度": 10**8}.get(unit, 1)
    assert value["classifier"] == unit.lstrip("万亿")


@unhurried
@given(FIGURES, st.sampled_from(["", "-"]), st.sampled_from(["%", "％", "﹪", " %"]))
def test_a_written_rate_is_read_back(figure: Decimal, sign: str, mark: str) -> None:
    value = value_of("PERCENT", f"{sign}{figure}{mark}")
    assert value is not None
    assert Decimal(value["ratio"]) * 100 == (-figure if sign else figure)


def in_chinese(number: int) -> str:
    """A number below 10^12 as it is read aloud."""

    def below_ten_thousand(n: int) -> str:
        text, gap = "", False
        for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit = n // unit % 10
            text += ("零" if gap and text else "") + "零一二三四五六七八九"[digit] + name if digit else ""
            gap = not digit
        return text

    text, rest = "", number
    for unit, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part, rest = divmod(rest, unit)
        if part:
            text += ("零" if text and part < 1000 else "") + below_ten_thousand(part) + name
    return text


@unhurried
@given(st.integers(min_value=1, max_value=10**12 - 1))
def test_a_number_in_chinese_is_read_back(number: int) -> None:
    assert parse_number(in_chinese(number)) == number


MASK = st.sampled_from(["*", "**", "x", "xx", "X", "×", "××", "#", "_", "○", "某"])
MASKED = st.builds(
    lambda head, mask, tail: head + mask + tail,
    st.sampled_from(["", "1", "20", "3.", "1,"]),
    MASK,
    st.sampled_from(["", ".x", ".5", "0", "00", ".**"]),
)


@unhurried
@given(
    MASKED,
    st.sampled_from(
        [
            ("AMOUNT", "亿元"),
            ("AMOUNT", "万美元"),
            ("AMOUNT", "千万"),
            ("AMOUNT", "元"),
            ("COUNT", "个"),
            ("COUNT", "万人次"),
            ("PERCENT", "%"),
            ("COMPLETION_RATE", "﹪"),
            ("PERCENT", "成"),
        ]
    ),
    st.sampled_from(["", "以上", "左右"]),
    st.sampled_from(["", "约", "不低于", "至5"]),
)
def test_a_masked_figure_never_yields_a_number(figure: str, unit: tuple[str, str], after: str, before: str) -> None:
    value = value_of(unit[0], figure + unit[1] + after, before=before)
    assert value is not None
    assert value["kind"] == "masked"
    assert not any(value.get(key) for key in ("amount", "ratio", "low", "high", "base"))


@pytest.mark.parametrize("text", ["□□亿元", "？？万元", "……亿元", "△万美元", "RMBxx万元"])
def test_signs_that_no_list_of_masks_holds_yield_no_number_either(text: str) -> None:
    value = value_of("AMOUNT", text)
    assert value is not None
    assert value.get("amount") is None


YEARS = st.sampled_from(["", "2008年", "07年", "二〇〇九年", "今年", "去年", "明年", "当年", "次年", "2012-", "“十二五”"])
POINTS = st.one_of(
    st.builds("{}月".format, st.integers(0, 14)),
    st.builds("{}月{}日".format, st.integers(0, 13), st.integers(0, 32)),
    st.builds("{}月{}".format, st.integers(1, 12), st.sampled_from(["上旬", "中旬", "下旬", "底", "初"])),
    st.sampled_from(
        ["", "上半年", "一季度", "前三季度", "年底", "同期", "冬", "五一", "全年", "当月", "月底", "次日", "15日", "后五个月"]
    ),
)
DATES = st.builds(
    lambda year, point, more: year + point + more,
    YEARS,
    POINTS,
    st.one_of(st.just(""), st.builds("至{}{}".format, YEARS, POINTS)),
)


@unhurried
@given(DATES, st.one_of(st.none(), st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31))), DATES)
def test_a_period_never_ends_before_it_starts(text: str, today: dt.date | None, earlier: str) -> None:
    value = resolve([DateMention(earlier, 0), DateMention(text, 0)], report_date=today)[1]
    assume(value is not None)
    assert value is not None
    if value["start"] and value["end"]:
        assert dt.date.fromisoformat(value["start"]) <= dt.date.fromisoformat(value["end"])


@unhurried
@given(st.builds(lambda point: point, POINTS))
def test_without_any_year_nothing_is_placed(text: str) -> None:
    value = period(text, DateContext())
    assert value is None or (value["start"], value["end"]) == (None, None)


@unhurried
@given(
    st.dates(dt.date(1949, 10, 1), dt.date(2049, 12, 31)),
    st.sampled_from(["{0.year}年{0.month}月{0.day}日", "{0:%Y-%m-%d}", "{0:%Y.%m.%d}"]),
)
def test_a_written_day_is_read_back(day: dt.date, form: str) -> None:
    value = value_of("DATE", form.format(day))
    assert value is not None
    assert value["start"] == value["end"] == day.isoformat()
    assert value["precision"] == "day"
