"""Money: amount in the currency's base unit as an exact decimal."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from zsie.values.number import DIGITS, MULTIPLIER, fold, plain, tidy
from zsie.values.quantity import Quantity, quantity

_CURRENCIES = (
    ("USD", r"美元|美金|USD|US\$|\$"),
    ("HKD", r"港元|港币|港圆|HKD|HK\$"),
    ("JPY", r"日元|日圆|JPY"),
    ("EUR", r"欧元|EUR|€"),
    ("GBP", r"英镑|GBP|£"),
    ("TWD", r"新?台币|台币"),
    ("KRW", r"韩元|韩币"),
    ("MOP", r"澳门元|葡币"),
    ("AUD", r"澳元|澳币|澳大利亚元"),
    ("CAD", r"加元|加币|加拿大元"),
    ("NZD", r"新西兰元|纽元"),
    ("SGD", r"新加坡元|新币|新元"),
    ("MYR", r"林吉特|马币"),
    ("THB", r"泰铢"),
    ("VND", r"越南盾"),
    ("INR", r"卢比"),
    ("CHF", r"瑞士法郎"),
    ("RUB", r"卢布"),
    ("CNY", r"人民币|元|圆|块钱?|RMB|CNY|￥|¥"),
)
_CURRENCY = "(?:" + "|".join(pattern for _, pattern in _CURRENCIES) + ")"
_UNIT = re.compile(rf"(?:[千百]?[万亿]|[十百千万亿]*(?={_CURRENCY}))(?:{_CURRENCY})?(?![\d一-九])")
# A second figure or multiplier between the number and its unit: 23.6/12.4亿元, 2l.3亿元.
_LEFT_OVER = re.compile(rf"[\d{DIGITS}半]|{MULTIPLIER}")
_PARTS = ((Decimal("0.1"), re.compile(r"(?:角|毛)钱?")), (Decimal("0.01"), re.compile(r"分钱?|美分|欧分")))

_MINUS = re.compile(rf"(?P<lead>[^\d-]*)(?<![{DIGITS}十百千万亿元])[-负](?=[\d{DIGITS}十百千])")
# Balances, which may be negative, and what announces a figure so plainly that a dash behind it is no mark.
_SIGNED = re.compile(
    r"(?:利润|利税|盈余|盈亏|损益|收益|结余|余额|差额|[顺逆]差|收支|净[额值]|净流入|净?增加|增减|增量|变动)[额值]?(?:总额)?$|[:(为是]$"
)


def currency_of(text: str) -> str:
    """Code of the currency a surface names; plain amounts are renminbi."""
    return next((code for code, pattern in _CURRENCIES if re.search(pattern, text)), "CNY")


def _may_be_negative(before: str) -> bool:
    """Whether a dash between this left context and a figure is a minus: it is after a balance, a colon, or nothing."""
    return not before or _SIGNED.search(fold(before)) is not None


def money(surface: str, before: str = "") -> dict[str, Any] | None:
    """`{"kind": "money", "amount", "low", "high", "currency", "unit", "approx"}`, masked or None where it is no money.

    A bare figure has no amount, since its unit stands elsewhere; it is kept as "number". Figures that are left over
    between number and unit make it no money. 负 and a minus make it negative; a dash behind a word that cannot be
    negative (到位资金-1.2亿元) is a mark.
    """
    text = re.sub(r"个(?=[多余来]?[十百千]?[万亿])", "", tidy(surface))
    minus = _MINUS.match(text)
    negative = minus is not None and ("负" in minus[0] or ("—" not in surface and _may_be_negative(before + minus["lead"])))
    if minus and (negative or not minus["lead"]):
        text = text[minus.end() :]
    currency = currency_of(text)
    found: Quantity | None = quantity(re.sub(r"^(?:人民币|RMB|CNY|US\$|HK\$|[$￥¥€£])", "", text), before)
    if found is None:
        return None
    units = [match.group() for match in _UNIT.finditer(re.sub(r"\(?(?:人民币|RMB|CNY)\)?", "", text))]
    unit = units[-1] if units else None
    if found.masked:
        return {"kind": "masked", "amount": None, "currency": currency, "unit": unit, "approx": found.approx}
    if _LEFT_OVER.search(re.split(_CURRENCY, re.sub(r"\([^)]*\)", "", found.rest))[0]):
        return None
    if negative:
        if found.approx == "range":
            return None
        amount, high, low = (None if n is None else -n for n in (found.amount, found.low, found.high))
        found = replace(found, amount=amount, low=low, high=high)
    if unit is None and not found.rest:
        # A bare table cell: its column head would say whether it counts 元 or 万元.
        number = {"amount": None, "low": None, "high": None, "currency": currency, "unit": None, "approx": found.approx}
        return {"kind": "money", **number, "number": plain(found.amount)}
    scale = next((factor for factor, pattern in _PARTS if pattern.fullmatch(found.rest)), Decimal(1))

    def scaled(number: Decimal | None) -> str | None:
        return None if number is None else plain(number if scale == 1 else number * scale)

    return {
        "kind": "money",
        "amount": scaled(found.amount),
        "low": scaled(found.low),
        "high": scaled(found.high),
        "currency": currency,
        "unit": unit or found.rest or None,
        "approx": found.approx,
    }
