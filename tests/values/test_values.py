"""Every value grammar against hand-written expressions, and none of them ever raises."""

import datetime as dt

import pytest

from zsie.values import DateContext, DateMention, ontology, period, resolve, value_of

MONEY = [
    ("4.34亿元", "", "434000000", "CNY", None),
    ("8000万", "", "80000000", "CNY", None),
    ("1.8亿元", "总投资约", "180000000", "CNY", "about"),
    ("12亿元", "投资近", "1200000000", "CNY", "under"),
    ("2000万元", "注册资本不低于", "20000000", "CNY", "atleast"),
    ("30多万元", "", "300000", "CNY", "over"),
    ("425.5多万元", "", "4255000", "CNY", "over"),
    ("1000万元以上", "", "10000000", "CNY", "atleast"),
    ("5亿元及以上", "", "500000000", "CNY", "atleast"),
    ("145 亿元", "", "14500000000", "CNY", None),
    ("１，２００万元", "", "12000000", "CNY", None),
    ("1。24亿元", "", "124000000", "CNY", None),
    ("五百五十亿零一百万元", "", "55001000000", "CNY", None),
    ("壹亿贰仟万元整", "", "120000000", "CNY", None),
    ("4627万美元", "", "46270000", "USD", None),
    ("三十二亿多美元", "", "3200000000", "USD", "over"),
    ("1.2億港元", "", "120000000", "HKD", None),
    ("100个亿", "", "10000000000", "CNY", None),
    ("16.4亿", "", "1640000000", "CNY", None),
    ("3000元", "", "3000", "CNY", None),
    ("1.4万亿元", "", "1400000000000", "CNY", None),
    ("亿元以上", "新签约", "100000000", "CNY", "atleast"),
    ("千万元以上", "12\n", "10000000", "CNY", "atleast"),
    ("过亿元", "税收", "100000000", "CNY", "over"),
    ("亿元", "新签约过", "100000000", "CNY", None),
    ("亿元", "税收近", "100000000", "CNY", "under"),
    ("千万元", "打造税收", "10000000", "CNY", None),
    ("百亿级", "", "10000000000", "CNY", None),
    ("二〇〇万元", "", "2000000", "CNY", None),
    ("3千5百万元", "", "35000000", "CNY", None),
    ("3亿5千2百万元", "", "352000000", "CNY", None),
    ("2个百亿元", "", "20000000000", "CNY", None),
    ("3个千亿元", "", "300000000000", "CNY", None),
    ("半亿元", "", "50000000", "CNY", None),
    ("三点四五亿元", "", "345000000", "CNY", None),
    ("1.2亿元(含3000万元)", "", "120000000", "CNY", None),
    ("-1.2亿元", "", "-120000000", "CNY", None),
    ("－1.2亿元", "利润总额", "-120000000", "CNY", None),
    ("利润总额-1.2亿元", "", "-120000000", "CNY", None),
    ("-1.2亿元", "到位资金：", "-120000000", "CNY", None),
    ("负1.2亿元", "净利润为", "-120000000", "CNY", None),
    ("-1.2亿元", "到位资金", "120000000", "CNY", None),
    ("—1.2亿元", "利润总额", "120000000", "CNY", None),
]


@pytest.mark.parametrize(("text", "before", "amount", "currency", "approx"), MONEY)
def test_money(text: str, before: str, amount: str, currency: str, approx: str | None) -> None:
    value = value_of("AMOUNT", text, before=before)
    assert value is not None
    assert (value["kind"], value["amount"], value["currency"], value["approx"]) == ("money", amount, currency, approx)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("300--499万元", "3000000", "4990000"),
        ("1亿至3亿元", "100000000", "300000000"),
        ("500万元—1亿元", "5000000", "100000000"),
        ("50—100亿元", "5000000000", "10000000000"),
        ("1-1.2亿元", "100000000", "120000000"),
        ("三—五亿元", "300000000", "500000000"),
        ("亿元至10亿元", "100000000", "1000000000"),
    ],
)
def test_money_ranges(text: str, low: str, high: str) -> None:
    value = value_of("AMOUNT", text)
    assert value is not None
    assert (value["amount"], value["low"], value["high"], value["approx"]) == (None, low, high, "range")


@pytest.mark.parametrize(
    "text", ["xx.xx亿元", "*万元", "**亿元", "X千万", "××万元", "xxx万美元", "20xx万元", "#.#亿元", "〇〇万美元", "〇.〇亿元"]
)
def test_a_masked_amount_is_never_a_number(text: str) -> None:
    value = value_of("AMOUNT", text)
    assert value is not None
    assert value["kind"] == "masked"
    assert value["amount"] is None


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("到位资金亿元", ""),
        ("□□亿元", ""),
        ("…亿元", ""),
        ("（）亿元", ""),
        ("n.nn亿元", ""),
        ("N万美元", ""),
        ("亿元", "到位资金"),
        ("亿元", "投资约"),
        ("亿元", "到位资金□□"),
        ("亿元以上", "到位资金…"),
        ("2l.3亿元", ""),
        ("23.6/12.4亿元", ""),
        ("负1至2亿元", ""),
    ],
)
def test_a_lost_or_damaged_amount_is_unparsed(text: str, before: str) -> None:
    assert value_of("AMOUNT", text, before=before) == {"kind": "unparsed", "text": text}


RATES = [
    ("112.7%", "1.127"),
    ("92.42﹪", "0.9242"),
    ("百分之九十", "0.9"),
    ("八成", "0.8"),
    ("三成半", "0.35"),
    ("-8.92%", "-0.0892"),
    ("300%", "3"),
    ("28. 1％", "0.281"),
    ("１００％", "1"),
    ("1.5倍", "1.5"),
    ("百分之十二点三四", "0.1234"),
    ("32.6", "0.326"),
    ("增长32.6", "0.326"),
    ("1/4", "0.25"),
    ("1/3以上", "0.3333"),
    ("2/3", "0.6667"),
    ("一半以上", "0.5"),
    ("近半数", "0.5"),
    ("同比降3.5%", "-0.035"),
    ("下降幅度为5.6%", "-0.056"),
    ("缩减5%", "-0.05"),
    ("降低到3%", "0.03"),
]


@pytest.mark.parametrize(("text", "ratio"), RATES)
def test_rates(text: str, ratio: str) -> None:
    value = value_of("COMPLETION_RATE", text)
    assert value is not None
    assert (value["kind"], value["ratio"]) == ("percent", ratio)


@pytest.mark.parametrize(
    ("before", "ratio"),
    [
        ("同比降", "-0.03"),
        ("同比减", "-0.03"),
        ("下降幅度为", "-0.03"),
        ("缩减", "-0.03"),
        ("同比降了约", "-0.03"),
        ("不良率降至", "0.03"),
        ("比上年增减", "0.03"),
        ("升降", "0.03"),
    ],
)
def test_a_decline_before_a_rate_is_negative(before: str, ratio: str) -> None:
    value = value_of("PERCENT", "3%", before=before)
    assert value is not None
    assert value["ratio"] == ratio


@pytest.mark.parametrize("text", ["2.27:1", "79.4岁", "千亿", "千亿以上", "2l.3%", "1/0", "2/3/4"])
def test_what_is_no_rate_is_unparsed(text: str) -> None:
    assert value_of("PERCENT", text) == {"kind": "unparsed", "text": text}


COUNTS = [
    ("25个", "25", "个", None),
    ("60余家", "60", "家", "over"),
    ("1063人", "1063", "人", None),
    ("10万吨", "100000", "吨", None),
    ("两部", "2", "部", None),
    ("20余人次", "20", "人次", "over"),
    ("一百二十个", "120", "个", None),
    ("1000多份", "1000", "份", "over"),
]


@pytest.mark.parametrize(("text", "amount", "classifier", "approx"), COUNTS)
def test_counts(text: str, amount: str, classifier: str, approx: str | None) -> None:
    value = value_of("COUNT", text)
    assert value is not None
    assert (value["amount"], value["classifier"], value["approx"]) == (amount, classifier, approx)


def test_a_count_of_unknown_figure_has_only_an_order() -> None:
    value = value_of("COUNT", "数十家")
    assert value is not None
    assert (value["amount"], value["low"], value["approx"]) == (None, "10", "about")


def test_exact_conversion_of_areas() -> None:
    value = value_of("COUNT", "4.5万亩")
    assert value is not None
    assert value["base"] == {"amount": "30000000", "unit": "平方米"}


DATES = [
    ("1～12月", "2008-01-01", "2008-12-31", "range"),
    ("2008年上半年", "2008-01-01", "2008-06-30", "half"),
    ("4月23日", "2008-04-23", "2008-04-23", "day"),
    ("今年", "2008-01-01", "2008-12-31", "year"),
    ("去年", "2007-01-01", "2007-12-31", "year"),
    ("全年", "2008-01-01", "2008-12-31", "year"),
    ("10月底", "2008-10-21", "2008-10-31", "ten_days"),
    ("二00八年十月二十二日", "2008-10-22", "2008-10-22", "day"),
    ("二〇〇七年", "2007-01-01", "2007-12-31", "year"),
    ("07年", "2007-01-01", "2007-12-31", "year"),
    ("前三季度", "2008-01-01", "2008-09-30", "range"),
    ("元至10月份", "2008-01-01", "2008-10-31", "range"),
    ("“十一五”", "2006-01-01", "2010-12-31", "plan"),
    ("9月8日至11日", "2008-09-08", "2008-09-11", "range"),
    ("第四季度", "2008-10-01", "2008-12-31", "quarter"),
    ("明年底", "2009-12-01", "2009-12-31", "month"),
    ("2011—2015年", "2011-01-01", "2015-12-31", "range"),
    ("2015.6.3", "2015-06-03", "2015-06-03", "day"),
    ("2月", "2008-02-01", "2008-02-29", "month"),
    ("去年12月至今年2月", "2007-12-01", "2008-02-29", "range"),
    ("2007年7月至今年6月", "2007-07-01", "2008-06-30", "range"),
    ("上年12月-今年2月", "2007-12-01", "2008-02-29", "range"),
    ("2024年5月18、19日", "2024-05-18", "2024-05-19", "range"),
    ("5月18日、19日", "2008-05-18", "2008-05-19", "range"),
]


@pytest.mark.parametrize(("text", "start", "end", "precision"), DATES)
def test_dates_in_2008(text: str, start: str, end: str, precision: str) -> None:
    value = period(text, DateContext(year=2008))
    assert value is not None
    assert (value["start"], value["end"], value["precision"]) == (start, end, precision)


@pytest.mark.parametrize("text", ["20xx年", "*年*-*月份", "202_年", "xx月xx日"])
def test_masked_dates_have_no_ends(text: str) -> None:
    value = value_of("DATE", text)
    assert value is not None
    assert value["masked"] is True
    assert value["start"] is None
    assert value["end"] is None


def test_an_unknown_year_is_not_guessed() -> None:
    value = period("4月23日")
    assert value is not None
    assert (value["start"], value["end"]) == (None, None)


@pytest.mark.parametrize("text", ["94日", "110月份", "13月", "2月30日", "近期"])
def test_broken_dates_are_unparsed_or_open(text: str) -> None:
    value = value_of("DATE", text)
    assert value is not None
    assert value["kind"] == "unparsed" or (value["start"], value["end"]) == (None, None)


def test_dates_lean_on_those_before_them() -> None:
    texts = [("2009年3月", 0), ("当月18日", 0), ("4月", 1), ("去年", 2), ("去年同期", 3)]
    values = resolve([DateMention(*t) for t in texts], report_date=dt.date(2010, 1, 5))
    assert [v and (v["start"], v["end"]) for v in values] == [
        ("2009-03-01", "2009-03-31"),
        ("2009-03-18", "2009-03-18"),
        ("2010-04-01", "2010-04-30"),
        ("2009-01-01", "2009-12-31"),
        ("2009-01-01", "2009-12-31"),
    ]


def test_the_title_gives_the_year() -> None:
    (value,) = resolve([DateMention("上半年", 0)], title="安平县2013年工作总结")
    assert value is not None
    assert (value["start"], value["end"]) == ("2013-01-01", "2013-06-30")


@pytest.mark.parametrize(
    ("title", "date", "year"),
    [
        ("某县2024年招商引资工作总结", dt.date(2025, 1, 10), 2024),
        ("濱嶼區2024年工作總結", dt.date(2025, 3, 5), 2024),
        ("2024年工作总结和2025年工作计划", dt.date(2024, 12, 28), 2024),
        ("某县2023年招商引资工作总结", dt.date(2025, 1, 10), 2025),
        ("2024年招商引资工作计划", dt.date(2025, 1, 10), 2025),
        ("2025年工作情况汇报", dt.date(2024, 12, 28), 2024),
        ("工作总结", dt.date(2025, 1, 10), 2025),
    ],
)
def test_a_report_on_the_year_before_its_date_is_read_in_that_year(title: str, date: dt.date, year: int) -> None:
    texts = ["今年", "1-11月", "3月5日", "截至12月底", "去年"]
    values = resolve([DateMention(text, n) for n, text in enumerate(texts)], report_date=date, title=title)
    assert [value and value["end"] for value in values] == [
        f"{year}-12-31",
        f"{year}-11-30",
        f"{year}-03-05",
        f"{year}-12-31",
        f"{year - 1}-12-31",
    ]


@pytest.mark.parametrize(
    ("earlier", "start", "end"),
    [
        (["1-3月", "4月10日"], "2023-01-01", "2023-03-31"),
        (["上半年", "9月8日至11日"], "2023-01-01", "2023-06-30"),
        (["1-3月", "截至4月10日"], None, "2023-04-10"),
        (["4月10日"], None, None),
    ],
)
def test_the_same_period_of_last_year_is_of_no_event(earlier: list[str], start: str | None, end: str | None) -> None:
    mentions = [DateMention(text, n) for n, text in enumerate([*earlier, "去年同期"])]
    value = resolve(mentions, report_date=dt.date(2024, 10, 1))[-1]
    assert value is not None
    assert (value["start"], value["end"]) == (start, end)


PEOPLE: list[tuple[str, str | None, list[str], str | None]] = [
    ("县委书记李映", "李映", ["书记"], "县委"),
    ("常务副县长谢友先", "谢友先", ["常务副县长"], None),
    ("县商务局局长古小燕", "古小燕", ["局长"], "县商务局"),
    ("市委副书记、市长欧阳春山", "欧阳春山", ["副书记", "市长"], "市委"),
    ("党支部书记苟晓蓉同志", "苟晓蓉", ["书记"], "党支部"),
    ("李书记", "李", ["书记"], None),
    ("副县长**", None, ["副县长"], None),
    ("副旗长额尔敦仓", "额尔敦仓", ["副旗长"], None),
    ("县长（代）李明", "李明", ["县长"], None),
    ("局长(李明)", "李明", ["局长"], None),
    ("县长艾力江·阿不都", "艾力江·阿不都", ["县长"], None),
    ("艾力江·阿不都副县长", "艾力江·阿不都", ["副县长"], None),
    ("彭南桂副县长", "彭南桂", ["副县长"], None),
]


@pytest.mark.parametrize(("text", "name", "titles", "organisation"), PEOPLE)
def test_officials(text: str, name: str | None, titles: list[str], organisation: str | None) -> None:
    value = value_of("OFFICIAL", text)
    assert value is not None
    assert (value["name"], value["titles"], value["organisation"]) == (name, titles, organisation)


def test_gender_mark() -> None:
    value = value_of("PERSON", "杨懋慈先生")
    assert value is not None
    assert (value["name"], value["gender"]) == ("杨懋慈", "male")


def test_company_project_event_indicator() -> None:
    company = value_of("COMPANY", "贵州配宝新能源科技有限公司")
    project = value_of("PROJECT", "巴河水电梯级开发(二期)项目")
    scale = value_of("PROJECT", "年产20万吨玉米精加工项目")
    event = value_of("EVENT", "第十二届20xx中外知名企业四川行活动")
    indicator = value_of("INDICATOR", "到位国内省外资金总额")
    assert company == {
        "kind": "company",
        "name": "贵州配宝新能源科技有限公司",
        "short": "配宝",
        "region": "贵州",
        "brand": "配宝",
        "industry": "新能源科技",
        "form": "有限公司",
    }
    assert project is not None
    assert project["phase"] == 2
    assert scale is not None
    assert (scale["scale"]["amount"], scale["scale"]["classifier"]) == ("200000", "吨")
    assert event is not None
    assert event["ordinal"] == 12
    assert indicator is not None
    assert indicator["scope"] == "outside_province"
    assert indicator["canonical"].startswith("paid_in")


def test_the_ontology_is_large_and_unambiguous() -> None:
    ids = [entry["id"] for entry in ontology()]
    assert len(ids) >= 60
    assert len(set(ids)) == len(ids)
