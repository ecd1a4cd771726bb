from decimal import Decimal

import pytest

from zsie.values.number import parse_number, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("16.4亿", "1640000000"),
        ("1,200", "1200"),
        ("三千五百", "3500"),
        ("一百零五", "105"),
        ("二〇〇八", "2008"),
        ("五百五十亿零一百万", "55001000000"),
        ("壹亿贰仟万", "120000000"),
        ("一万二", "12000"),
        ("三百五", "350"),
        ("十二", "12"),
        ("廿三", "23"),
        ("九十点五", "90.5"),
        ("1.4万亿", "1400000000000"),
        ("三点五亿", "350000000"),
        ("半", "0.5"),
        ("二十", "20"),
        ("两千零八", "2008"),
    ],
)
def test_numerals_are_exact(text: str, expected: str) -> None:
    assert parse_number(text) == Decimal(expected)


@pytest.mark.parametrize("text", ["", "项目", "点", "x亿", "1.2.3"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_number(text) is None


def test_plain_has_no_exponent() -> None:
    assert plain(Decimal("4.34E+8")) == "434000000"
    assert plain(Decimal("1.270")) == "1.27"
    assert plain(Decimal("-0.0")) == "0"
