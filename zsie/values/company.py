"""Companies: full name, the short form that later mentions use, and the parts a registered name is made of."""

from __future__ import annotations

import re
from typing import Any

from zsie.text.masks import is_masked
from zsie.values.number import fold

_FORM = re.compile(
    r"(?:(?:集团|控股|股份|责任)*(?:集团|控股|股份|有限责任|有限|总|分|子)?公司|集团|(?:农民)?专业合作社|专业合作社|合作社|联合社|家庭农场|农场|林场|牧场|"
    r"银行|酒店|宾馆|商店|商场|超市|商行|[总分]?厂|事务所|工作室)$"
)
_PLACES = (
    "中国|北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|"
    "香港|澳门|深圳|广州|成都|武汉|杭州|南京|苏州|厦门|青岛|大连|宁波|无锡|东莞|佛山|西安|郑州|长沙|合肥|福州|泉州|温州|义乌|绍兴|珠海|昆明|贵阳|南宁|沈阳|哈尔滨|长春|济南|石家庄|太原|南昌"
)
_REGION = re.compile(
    rf"^(?:(?:{_PLACES})(?:省|市|自治区)?|(?:{_PLACES}|[\u4e00-\u9fff]{{2,3}}?)(?:省|市|县|区|州|旗|镇|乡)(?!场|政))+"
)
_REGION_LAST = re.compile(rf"(?:{_PLACES})$")
_INDUSTRY = re.compile(
    r"(?:新?能源|[风光电热]能|风电|生物|医药|制药|科技|技术|电子|电器|电气|机械|机电|装备|设备|仪器|制造|工程|食品|食材|农林|农牧|农资|农产品|养殖|种植|粮油|纺织|服饰|服装|鞋服|家纺|"
    r"化工|化学|材料|新材|建材|水泥|玻璃|环保|环境|光电|光伏|光学|半导体|智能|信息|网络|软件|数据|物流|供应链|投资|发展|开发|地产|房地产|建设|建筑|装饰|旅游|旅行|"
    r"文化|传媒|商贸|贸易|百货|钢铁|有色|金属|五金|汽车|车业|零部件|紧固件|配件|轴承|阀门|电缆|电池|模具|包装|印刷|家具|家居|卫浴|橡胶|塑料|陶瓷|电力|燃气|水务|酒店|餐饮|教育|"
    r"医疗|健康|保险|财险|租赁|资本|产业|牧业|(?![伟鸿宏创兴大家企基])[\u4e00-\u9fff]业)+$"
)


def company(surface: str) -> dict[str, Any] | None:
    """`{"kind": "company", "name", "short", "region", "brand", "industry", "form"}`, with "masked" where part is hidden.

    `short` is the likely short form of later mentions, null where the name is masked. Region and industry come from
    closed lists and endings and are null where those know none.
    """
    full = fold(surface)
    name = re.sub(r"\(.*?\)", "", full)
    if not name:
        return None
    form = _FORM.search(name)
    form = form if form and form.start() > 0 else None
    stem = name[: form.start()] if form else name
    stem = re.sub(r"(?:集团|控股|股份)$", "", stem) or stem
    region = _REGION.match(stem)
    region = region if region and len(stem) - region.end() != 1 and (form or region.end() < len(stem)) else None
    core = stem[region.end() :] if region else stem
    last = None if region else _REGION_LAST.search(core)
    core = core[: last.start()] if last and last.start() >= 2 else core
    # A brand has two characters at least, so a core that is all industry keeps its first two.
    industry = _INDUSTRY.search(core, 2)
    brand = core[: industry.start()] if industry else core
    masked = is_masked(name)
    where = region or (last if last and last.start() >= 2 else None)
    value: dict[str, Any] = {
        "kind": "company",
        "name": full,
        "short": None if masked else brand or full,
        "region": where.group() if where else None,
        "brand": None if masked else brand or None,
        "industry": industry.group() if industry else None,
        "form": form.group() if form else None,
    }
    return {**value, "masked": True} if masked else value
