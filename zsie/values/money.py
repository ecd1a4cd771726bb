"""Money: amount in the currency's base unit as an exact decimal."""

from __future__ import annotations

import re
from typing import Any

from zsie.values.number import Quantity, fold, plain, quantity

_CURRENCIES = (
    ("USD", r"美元|美金|USD|US\$|\$"),
    ("HKD", r"港元|港币|港圆|HKD|HK\$"),
    ("JPY", r"日元|日圆|JPY"),
    ("EUR", r"欧元|EUR|€"),
    ("GBP", r"英镑|GBP|£"),
    ("TWD", r"新?台币|台币"),
    ("KRW", r"韩元|韩币"),
    ("MOP", r"澳门元|葡币"),
    ("AUD", r"澳元"),
    ("CAD", r"加元"),
    ("SGD", r"新加坡元|新元"),
    ("CHF", r"瑞士法郎"),
    ("RUB", r"卢布"),
    ("CNY", r"人民币|元|圆|块|RMB|CNY|￥|¥"),
)
_UNIT = re.compile(r"(?:[十百千万亿]*)(?:" + "|".join(p for _, p in _CURRENCIES) + r")+(?:人民币)?|[千百]?[万亿](?=[^万亿]*$)")
_MASK_UNIT = re.compile(r"[十百千万亿]*(?:" + "|".join(p for _, p in _CURRENCIES) + r")|[千百]?[万亿]$")


def currency_of(text: str) -> str:
    """Code of the currency a surface names; plain amounts are renminbi."""
    return next((code for code, pattern in _CURRENCIES if re.search(pattern, text)), "CNY")


def money(surface: str, before: str = "") -> dict[str, Any] | None:
    """`{"kind": "money", "amount", "low", "high", "currency", "unit", "approx"}`, masked or None where it is no money."""
    text = re.sub(r"个亿", "亿", fold(surface))
    # 百亿元, 上亿元: the multiplier alone is the number.
    text = re.sub(r"^(?:数|上|过|几)(?=[十百千万亿])", "一", text) if re.match(r"(?:上|过)[十百千万亿]", text) else text
    found: Quantity | None = quantity(text, before)
    currency = currency_of(text)
    if found is None:
        return None
    if found.masked:
        unit = _MASK_UNIT.search(text)
        return {
            "kind": "masked",
            "amount": None,
            "currency": currency,
            "unit": unit.group() if unit else None,
            "approx": found.approx,
        }
    unit = _UNIT.search(text)
    return {
        "kind": "money",
        "amount": plain(found.amount),
        "low": plain(found.low),
        "high": plain(found.high),
        "currency": currency,
        "unit": re.sub(r"^.*(?=[千百]?[万亿])", "", unit.group()) if unit else None,
        "approx": found.approx,
    }
