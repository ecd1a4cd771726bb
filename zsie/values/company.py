"""Companies: full name, the short form that later mentions use, legal form."""

from __future__ import annotations

import re
from typing import Any

from zsie.text.masks import is_masked
from zsie.values.number import fold

_FORMS = (
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "控股有限公司",
    "有限公司",
    "集团公司",
    "总公司",
    "分公司",
    "公司",
    "集团",
    "专业合作社",
    "合作社",
    "家庭农场",
    "农场",
    "银行",
    "酒店",
    "商店",
    "商场",
    "总厂",
    "厂",
)
_FORM = re.compile("(" + "|".join(_FORMS) + ")$")
_REGION = re.compile(
    r"^(?:中国|北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|"
    r"香港|澳门|深圳|广州|成都|武汉|杭州|南京|苏州|厦门|青岛|大连|宁波|无锡|东莞|佛山|[\u4e00-\u9fff]{2,3}(?:省|市|县|区|州))+(?:省|市|县|区)?"
)
_INDUSTRY = re.compile(
    r"(?:新?能源|生物|医药|药业|科技|技术|电子|机械|装备|制造|实业|食品|农业|农牧|牧业|纺织|服饰|化工|材料|新材|建材|水泥|环保|光电|光伏|智能|信息|网络|软件|物流|"
    r"投资|发展|开发|置业|地产|房地产|建设|建筑|旅游|文化|传媒|商贸|贸易|矿业|冶金|钢铁|铝业|纸业|酒业|茶业|乳业|饲料|电力|汽车|零部件|包装|家具|木业|塑业|橡胶|陶瓷|玻璃|产业)+$"
)


def company(surface: str) -> dict[str, Any] | None:
    """`{"kind": "company", "name", "short", "form"}`; `short` is the likely short form, the name itself where none is."""
    name = re.sub(r"\(.*?\)", "", fold(surface))
    if not name:
        return None
    form = _FORM.search(name)
    stem = name[: form.start()] if form else name
    stem = re.sub(r"(?:集团|控股|股份)$", "", stem)
    region = _REGION.match(stem)
    core = stem[region.end() :] if region and len(stem) - region.end() >= 2 else stem
    industry = _INDUSTRY.search(core)
    brand = core[: industry.start()] if industry and industry.start() >= 2 else core
    value: dict[str, Any] = {"kind": "company", "name": fold(surface), "short": brand, "form": form.group() if form else None}
    if is_masked(name):
        value["masked"] = True
    return value
