"""Officials and persons: name, titles, organisation, gender mark; masked names say so."""

from __future__ import annotations

import re
from typing import Any

from zsie.text.masks import is_masked
from zsie.values.number import fold

_COMPOUND = "欧阳|司马|上官|诸葛|夏侯|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|司徒|南宫|西门|独孤|端木|百里|呼延|澹台|闻人|拓跋"
_TITLE = (
    "副书记|书记|副?省长|副?市长|副?县长|副?区长|副?州长|副?盟长|副?旗长|副?镇长|副?乡长|副?部长|副?厅长|副?局长|副?处长|副?科长|副?股长|副?司长|副?主任|副?主席|副?会长|"
    "常务理事|副?理事长|理事|副?秘书长|秘书长|常委|委员|副?董事长|董事|副?总经理|副?总裁|总监|副?经理|副?厂长|副?院长|副?校长|副?所长|副?站长|副?社长|副?行长|副?总工程师|总工程师|"
    "执行官|CEO|总编辑|总编|记者|教授|院士|博士|专家|专员|督查员|调研员|巡视员|副?总队长|副?队长|副?领队|领队|副?团长|团长|副?政委|政委|纪检组长|副?组长|组长|副?指挥长|指挥长|召集人|"
    "负责人|代表|创始人|合伙人|客商|浙商|企业家|能人|村支书|支书|参赞|总领事|副?总督学|参事|顾问|助理|总会计师|总经济师|执行长|工程师|农艺师|村长|老板|老总|研究员|参谋长|司令员|大使"
)
_TITLES = re.compile(_TITLE)
_MARK = re.compile(r"(同志|先生|女士|小姐|夫人|阁下)$")
_NAME = re.compile(
    rf"(?:(?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}}|[\u4e00-\u9fff]{{1,8}}(?:·[\u4e00-\u9fff]{{1,10}})+|[A-Za-z][A-Za-z.·' -]+|[\u4e00-\u9fff]{{2,4}}|[\u4e00-\u9fff]?[*xX×某]+[\u4e00-\u9fff]?)$"
)
_SURNAME_TITLE = re.compile(
    rf"(?P<name>(?:{_COMPOUND}|[\u4e00-\u9fff]|[*xX×]{{1,3}}|某))(?P<title>{_TITLE}|总|董|书记|省长|市长|县长|局长)"
)
_BODY = re.compile(
    r"^(.*?(?:省委|市委|县委|区委|州委|旗委|党委|党工委|工委|政府|人大|政协|委员会|局|厅|部|办|中心|公司|集团|商会|协会|学会|大学|学院|银行|公安厅|法院|检察院|管委会|总会|联合会|工商联|社|部门|组织))"
    rf"(?=(?:党组|党委|党总支|党支部|原|常务|第一|执行|名誉|[一二三四]级|高级|总)*(?:{_TITLE}))"
)


def person(surface: str, before: str = "") -> dict[str, Any] | None:
    """`{"kind": "person", "name", "titles", "organisation"}`, with "gender" and "masked" where the text shows them."""
    text = fold(surface)
    if not text:
        return None
    mark = _MARK.search(text)
    body = text[: mark.start()] if mark else text
    short = _SURNAME_TITLE.fullmatch(body)
    titles: list[str] = []
    organisation = None
    if short:
        name, titles = short["name"], [short["title"]]
    else:
        found = list(_TITLES.finditer(body))
        found = [t for t in found if t.end() < len(body)]
        if found:
            last = found[-1]
            name, head = body[last.end() :], body[: last.end()]
            titles, organisation = _titles(head)
            name = name.lstrip("、,:( ")
        else:
            name = body
        if not _NAME.fullmatch(name):
            tail = _NAME.search(name)
            name = tail.group() if tail and found else name
    value: dict[str, Any] = {"kind": "person", "name": name, "titles": titles, "organisation": organisation}
    if mark and mark.group() in ("先生", "女士", "小姐", "夫人"):
        value["gender"] = "male" if mark.group() == "先生" else "female"
    if is_masked(text) or "某" in name:
        value["masked"] = True
        if is_masked(name) and re.fullmatch(r"[*xX×某]+", name):
            value["name"] = None
    return value


def _titles(head: str) -> tuple[list[str], str | None]:
    """Split `县委常委、常务副县长` or `省招商局工会主席` into titles and the body that comes first."""
    titles, organisation = [], None
    for part in re.split(r"[、,兼]", head):
        if not part:
            continue
        body = _BODY.match(part)
        rest = part[body.end() :] if body else part
        if body and organisation is None and rest:
            organisation = body.group(1)
        titles.append(rest or part)
    return titles, organisation
