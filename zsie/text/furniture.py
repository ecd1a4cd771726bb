"""Page furniture: what a web page or a document site put around a report. Tagged, never cut."""

from __future__ import annotations

import re

from zsie.text.clean import Text
from zsie.types import Furniture

# Each pattern must match a whole line of clean text (spaces around it aside), so a sentence is never furniture.
_LINES = {
    "breadcrumb": r"(?:您?(?:现在|当前)的?位置|当前位置)[::].{0,80}|首页 ?>.{0,80}",
    # A bare date line is the report's own (a signature); an upload date has a label or a clock time.
    "date": r"(?:(?:发布|更新|上传|发表|录入|时间|日期)[^\n,。]{0,4}[::] ?(?:20|19)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?: ?\d{1,2}:\d\d(?::\d\d)?)?"
    r"|(?:20|19)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日? \d{1,2}:\d\d(?::\d\d)?)"
    r"(?: ?(?:来源|编辑|作者|浏览|阅读|点击|字号|【字体)[^\n。]{0,40})?",
    "source": r"(?:来源|稿源|作者|信息来源|供稿|撰稿|责任编辑|责编|编辑|审核|[一二三]审|初审|复审|终审|文章来源)[::][^\n。]{0,40}",
    "views": r"(?:浏览|阅读|点击|访问)(?:次数|量|数)?[::(]? ?\d+ ?次?\)?|本篇文章\d+字,读完约\d+分钟",
    "size": r"(?:ID[::].{0,20})?(?:大小|文件大小)[::] ?[\d.]+ ?[KMG]?B?(?: ?(?:页数|格式|时间)[::].{0,30})?|页数[::] ?\d+页?",
    "more": r"(?:点击)?(?:查看|阅读|展开|加载|显示)(?:更多|全文|原文|剩余内容)[^\n。]{0,20}|更多(?:>>?|内容|文章)|(?:打印|关闭|分享到?|收藏|返回顶部|[ 【\]】\[|])+",
    "tags": r"(?:TAGS?|标签|关键词|关键字|Keywords?)[::].{0,80}",
    "neighbour": r"(?:上|下)一(?:篇|页|条)[::]?.{0,60}",
    "related": r"(?:相关(?:阅读|链接|文章|推荐|新闻)|推荐阅读|猜你喜欢|热门推荐)[::]?.{0,40}",
    "copyright": r".{0,30}(?:版权所有|版权声明|ICP备|网安备|网站标识码|本站支持IPv6|Copyright|©).{0,80}",
    "page": r"-? ?\d{1,3} ?-|第 ?\d{1,3} ?页(?: ?[/,共] ?共? ?\d{1,3} ?页)?|\d{1,3} ?/ ?\d{1,3}",
    "font": r"[【\[]?(?:字体|字号)[::] ?[大中小 ]+[】\]]?.{0,20}",
    "download": r".{0,20}(?:下载(?:模板|文档|本文|全文)|VIP专享|会员上传|售价[::]|金币|扫一扫|扫码|关注公众号|微信公众号|公文汇|范文网|文库).{0,40}",
    "index": r"(?:索引号|文号|信息分类|发文机关|成文日期|主题词)[::].{0,60}",
    "truncated": r"\(?未完.{0,40}|(?:全文预览已结束|省略\d+字|文档介绍[::]?).{0,30}",
}
_KINDS = {kind: re.compile(rf" *(?:{pattern}) *", re.IGNORECASE) for kind, pattern in _LINES.items()}
_LINE = re.compile(r"[^\n]+")


def furniture(text: Text) -> tuple[Furniture, ...]:
    """Furniture of a text, line by line, in raw offsets."""
    found = []
    for line in _LINE.finditer(text.clean):
        if len(line.group()) > 130:
            continue
        kind = next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(line.group())), None)
        if kind is not None:
            found.append(Furniture(*text.to_raw(*line.span()), kind))
    return tuple(found)
