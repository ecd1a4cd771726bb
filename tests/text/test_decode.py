import pytest

from zsie.errors import ReadError
from zsie.text import decode

SIMPLIFIED = "全县招商引资项目25个，到位国内省外资金4.34亿元，占市下达目标任务的112.7%。"
TRADITIONAL = "全縣招商引資項目25個,到位資金4.34億元,佔市下達目標任務的112.7%。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_simplified_in_every_encoding(encoding: str) -> None:
    assert decode(SIMPLIFIED.encode(encoding)).text == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "gb18030", "utf-16"])
def test_traditional_in_every_encoding(encoding: str) -> None:
    assert decode(TRADITIONAL.encode(encoding)).text == TRADITIONAL


def test_plain_ascii_and_emoji() -> None:
    assert decode(b"zsie 1.0\r\n").text == "zsie 1.0\r\n"
    assert decode("签约🎉成功".encode()).text == "签约🎉成功"


def test_a_few_broken_bytes_do_not_cost_the_report() -> None:
    data = (SIMPLIFIED * 5).encode()
    text = decode(data[:100] + b"\xff" + data[100:]).text
    assert text.count("到位国内省外资金") >= 4


@pytest.mark.parametrize(
    ("data", "hint"),
    [(b"%PDF-1.4", "PDF"), (b"PK\x03\x04rest", "zip"), (b"\xd0\xcf\x11\xe0rest", "Office"), (bytes(range(256)) * 4, "binary")],
)
def test_binary_data_is_refused_with_a_remedy(data: bytes, hint: str) -> None:
    with pytest.raises(ReadError, match=hint):
        decode(data)


def test_a_wrong_mark_is_told() -> None:
    with pytest.raises(ReadError, match="byte-order mark"):
        decode(b"\xef\xbb\xbf\xff\xff")
