"""Officials and persons: name, titles, organisation, gender mark; masked names say so."""

from __future__ import annotations

import re
from typing import Any

from zsie.text.masks import RUN, is_masked
from zsie.values.number import fold

_COMPOUND = (
    "欧阳|司马|上官|诸葛|夏侯|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|司徒|南宫|西门|独孤|端木|百里|呼延|澹台|闻人|拓跋|赫连"
)
# What may stand between a body and the title proper, and belongs to the title: 党组书记, 工会主席, 原副县长.
_RANK = r"(?:党组|理事会|监事会|工会|原|时任|前|常务|第一|执行|名誉|荣誉|永远|署理|轮值|[一二三四]级|高级|首席|代理|代|总|正|副|助理|挂职)*"
_PLAIN_TITLE = (
    r"书记|[省市县区州盟旗镇乡村社院校所站园队团署司关行厂科股班师连场链]长|总指挥|成员|部长|厅长|局长|处长|主任|主席|会长|理事长|监事长|秘书长|常委|委员|理事|"
    r"董事长|董事|总经理|经理|总裁|总监|合伙人|创始人|负责人|代表|发起人|总工程师|工程师|农艺师|经济师|会计师|首席执行官|执行官|CEO|总编辑|总编|记者|"
    r"[教讲]授|院士|博士|专家|专员|研究员|督查员|督导员|调研员|巡视员|联络员|村支书|支书|社长|领队|政委|[小纪检]?组长|指挥长|参谋长|司令员|"
    r"召集人|参赞|领事|公使|大使(?!馆)|[一二三]秘|总督学|督学|参事|顾问|助理|协理|执行长|执委|总干事|干事|村长|老板娘?|老总|董秘|特使|调度员|教师|老师|导师|秘书|校友|行长|庭长|检察长|大队长|主播|店主|主管|会计|副总|太平绅士|拿督|领导|干部"
)
# Callings: the word before them is a place or a trade, not a body that the person belongs to.
_CALLING = r"(?:[港台浙闽粤徽晋楚湘川苏温甬侨华外]商|客商|商人|侨领|企业家|能人|乡友|乡贤|乡亲|花农|农民|职工|村民|居民|青年|学者|党员|老乡|华人|[侨同]胞|归侨|[老渔橘茶台]农|[\u4e00-\u9fff]{1,2}户|[渔绣]?[嫂娘])"
_TITLE = rf"{_RANK}(?:(?:{_PLAIN_TITLE})助理|{_PLAIN_TITLE}|{_CALLING})"
_TITLES = re.compile(_TITLE)
_LAST_TITLE = re.compile(rf"{_TITLE}$")
_MARK = re.compile(r"(同志|先生|女士|小姐|夫人|阁下)$")
_MASK = rf"(?:{RUN}|〇+)"
_HAN = r"[\u4e00-\u9fff]"
_FULL_NAME = rf"(?:(?:{_COMPOUND}){_HAN}{{1,2}}?|{_HAN}{{2,4}}?|{_HAN}?{_MASK}{_HAN}??)"
# The two hundred commonest surnames: they find the name behind a word that no list of titles holds.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党"
    "宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由竺钮邬税库池"
)
_BY_SURNAME = re.compile(rf"(?P<head>.{{2,}}?)(?P<name>(?:{_COMPOUND}){_HAN}{{1,2}}|[{_SURNAMES}](?:{_HAN}{{1,2}}|{_MASK}))")
_BETWEEN = re.compile(
    rf"(?P<body>.*(?:大学|学院|[科学研]院|研究所|公司|集团|商会|协会))(?P<name>{_MASK}|{_HAN}{{2,3}}?)(?P<title>{_TITLE})"
)
_TRAILING = re.compile(rf"(?P<name>{_COMPOUND}|{_HAN}|{_MASK}|{_FULL_NAME})(?P<title>{_TITLE}|总|董|工)")
_DOTTED_TRAILING = re.compile(rf"(?P<name>{_HAN}+(?:·(?:{_HAN}+?|{_MASK}))+)(?P<title>{_TITLE})")
# What a bracket says of the title before it, 县长(代)李明; one with nothing behind it holds the name.
_NOTE = re.compile(r"^\([^()]*\)(?=.)")


def person(surface: str, before: str = "") -> dict[str, Any] | None:
    """`{"kind": "person", "name", "titles", "organisation"}`, with "gender" and "masked" where the text shows them.

    A name that is wholly masked is null. The organisation is the body before the first title; a later title of another
    body keeps that body's name (县供销社理事会主任).
    """
    text = re.sub(r"(?<=[\u4e00-\u9fff])[•.](?=[\u4e00-\u9fff])", "·", fold(surface))
    if not text:
        return None
    mark = _MARK.search(text)
    body = text[: mark.start()] if mark else text
    ends = [t.end() for t in _TITLES.finditer(body) if t.end() < len(body)]
    name = _NOTE.sub("", (body[ends[-1] :] if ends else body).lstrip("、,:")).lstrip("、,:()")
    name = name if "(" in name else name.rstrip(")")
    titles, organisation = _titles(body[: ends[-1]]) if ends else ([], None)
    if between := _BETWEEN.fullmatch(name):
        name, organisation = between["name"], organisation or between["body"]
        titles.append(between["title"])
    elif trailing := _TRAILING.fullmatch(name) or _DOTTED_TRAILING.fullmatch(name):
        name = trailing["name"]
        titles.append(trailing["title"])
    elif len(name) > 4 and "·" not in name and (split := _BY_SURNAME.fullmatch(name)):
        name = split["name"]
        titles.append(split["head"])
    value: dict[str, Any] = {"kind": "person", "name": name, "titles": titles, "organisation": organisation}
    if mark and mark.group() in ("先生", "女士", "小姐", "夫人"):
        value["gender"] = "male" if mark.group() == "先生" else "female"
    if is_masked(text) or "某" in name:
        value["masked"] = True
        if re.fullmatch(_MASK, name):
            value["name"] = None
    return value


def _titles(head: str) -> tuple[list[str], str | None]:
    """Split `县委常委、常务副县长` or `省招商局工会主席` into titles and the body that comes first."""
    titles: list[str] = []
    organisation = None
    for part in re.split(r"[、,;]|兼任?", head):
        match = _LAST_TITLE.search(part)
        if match is None or re.fullmatch(_CALLING, match.group()):
            titles += [match.group() if match else part] if part else []
        elif titles:
            titles.append(part)
        else:
            organisation = part[: match.start()] or None
            titles.append(match.group())
    return titles, organisation
