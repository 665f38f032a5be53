"""Numerals in Chinese text: where they stand, and what beside one changes what it says.

A number is more than its digits: 逾500家 is a bound, 25%—45% a range, 下降4.6% a decline. ``WORDS`` is the one list of
words that do this; ``_TIGHT`` and ``_RANGE`` are the signs that make one number of two numerals. Nothing is read here:
``read_zh`` reads, and what it cannot read yet is refused.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

# 两, 半, 双 and 首 count as numerals: two, half, a pair, the first. Measure words and vague quantities (多, 数, 几) do
# not: no number can be read off them. But between digits and a scale (1200多亿) they stand inside one numeral.
_HAN = "〇零一二三四五六七八九十百千万亿两半双首"
_NUMERAL = re.compile(
    r"(?:\d{1,3}(?:[,， \u00a0\u2009\u202f]\d{3})+(?!\d)(?:[.．]\d+)?|\d+(?:[.．]\d+)?)(?:(?:[多余几]? ?|个(?=[万亿]))[百千万亿]+)?"
    rf"|(?:(?!百分点)[{_HAN}])+(?:[多余几][百千万亿]+)?"
)
_SCALES = re.compile("[十百千万亿半]+")


@dataclass(frozen=True)
class Span:
    """Code points ``start`` (included) to ``end`` (excluded) of a text."""

    start: int
    end: int

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@lru_cache(maxsize=4)
def find(text: str) -> tuple[Span, ...]:
    """Every digit sequence, with its thousands separators, and every Chinese numeral, in order."""
    return tuple(Span(*m.span()) for m in _NUMERAL.finditer(text))


#: What a word or sign beside a number makes of it.
KINDS = {
    "bound": "what is printed is a bound",
    "about": "what is printed is no exact number",
    "class": "what is printed is a class, or the length of a list",
    "order": "what is printed is a place in an order",
    "sign": "the sign belongs to the number",
    "fall": "what is printed is a decline, which a positive number does not say",
    "part": "it is a part of what is printed, not the whole",
}
#: ``ahead``: before the number, 了 or 达到 may stand between. ``on``: directly before it. ``scale``: directly before a
#: scale alone (上千, not 上15). ``inside``: directly behind the digits. ``behind``: behind the digits or the unit.
Place = Literal["ahead", "on", "scale", "inside", "behind"]


@dataclass(frozen=True)
class Word:
    """A word that changes what the number beside it says, unless one of ``compounds`` makes another word of it.

    The characters in ``compounds`` stand before a word that precedes the number (最近, 签约), else behind it (上下游).
    ``behind`` is a pattern for what may follow: 多 and 半 end a number (3年多), or begin almost any other word (多轴).
    """

    text: str
    kind: str
    place: Place
    compounds: str = ""
    behind: str = ""


def _words(kind: str, place: Place, words: str, behind: str = "", **compounds: str) -> tuple[Word, ...]:
    return tuple(Word(w, kind, place, compounds.get(w, ""), behind) for w in words.split())


#: What stands behind a word that ends a number: nothing, a sign, 的, or what is counted over time and money (3年多来).
_ENDS = r"(?:$|[^\w]|[的来时月小天周年人元前后以]|(?:有|是|为)(?=[^\w]))"


WORDS = (
    *_words("bound", "ahead", "超 超过 超出 逾 突破 冲破 跌破 破 满 高于 低于 多于 少于 大于 小于", 超="反赶高", 破="打攻侦爆", 满="圆饱充"),
    *_words("bound", "ahead", "不低于 不少于 不高于 不多于 不大于 不小于 不超过 未超过 不超 未超 不逾 不下 不下于 不止 不只 不满 未满 不足 不到 不及 未达"),
    *_words("bound", "ahead", "至少 至多 最少 最多 最低 最高 最小 最大 起码 上限 下限 > < ≥ ≤ ＞ ＜ \u2267 \u2266"),
    *_words("bound", "scale", "上 过", 上="以线网海早晚", 过="通经不"),
    *_words("bound", "inside", "多 余"),
    *_words("bound", "behind", "以上 及以上 以下 及以下 以内 之内 之上 之多 有余 出头 开外", 以上="海述市", 以下="简统"),
    *_words("bound", "behind", "内", rf"(?:(?<=[年月天日时钟周期里米]内)|{_ENDS})", 内="资地部蒙容涵外陆河置生销需循网存科参"),
    *_words("bound", "behind", "多 余", _ENDS, 多="元", 余="额下"),
    *_words("about", "ahead", "约 大约 约莫 近 将近 接近 近乎 几近 几乎 逼近 大概 大致 差不多 ≈ ~ ～ ± 正负", 约="签合节预履契违条婚特邀失制续缔解换租", 近="最附邻临靠亲"),
    *_words("about", "scale", "数 几 好几", 数="总人户指系参"),
    *_words("about", "inside", "几 来", 几="乎", 来="自"),
    *_words("about", "behind", "左右 不等", 左右="手侧两岸"),
    *_words("about", "behind", "上下", _ENDS),
    *_words("class", "inside", "强"),
    *_words("class", "behind", "级 等级", 级="别联"),
    *_words("order", "on", "第 倒数第 倒数 前", 前="售目此之日以年当先提事月周天会赛空史从眼面跟身午节"),
    *_words("sign", "on", "- − － \ufe63 – 负 零下", 负="胜担肩抱欺辜正", **dict.fromkeys("-−－\ufe63–", "A-Za-z0-9")),
    *_words("fall", "ahead", "下降 减少 降低 回落 缩减 负增长 下滑 下跌 下调 滑落 递减 锐减 骤减 骤降 缩短 缩小 收缩 压减 削减 裁减 萎缩 缩水 下挫 降速"),
    *_words("fall", "ahead", "压缩", "(?![机空])"),
    *_words("fall", "ahead", "降幅 降幅为 跌幅 跌幅为 减幅 减幅为"),
    *_words("fall", "on", "降 跌 减 低 少 缩 降了 跌了 减了 低了 少了 缩了 收窄", 少="不多", 减="增", 降="升沉", 低="高"),
    *_words("part", "behind", "个百分点 百分点"),
    *_words("part", "behind", "半", _ENDS, 半="年"),
)  # fmt: skip
# A growth is measured from the last of these words in its clause. 降至 and 下降到 give the level that was reached.
_RISES = "新增 净增 增长 增加 增幅 提高 提升 上升 上涨 上调 回升 攀升 跃升 扩大 增至 升至 降至 跌至 减至 降到 减到 降为 减为 翻 增 涨 升"
_LEVEL = "至到为成"
# What may stand between a word ahead and its number: 最高可达500万元, 至少有15家. After a fall less: 下降为 is a level.
_GAP = (
    "(?:了|有|为|是|达|到|可|获|得|享受|给予|奖励|补助|补贴|资助|支持|一次性|每[家个户人项]|人民币|等于|[“\"'(（]){0,4}"
)
_GAP_FALL = "(?:了|达到?)?"
_WINDOW = 60  # characters: the clause of one number is shorter
_CLAUSE = re.compile(r"[,，。;；:：!！?？\n]")


def _choice(words: Iterable[Word], before: bool) -> str:
    """A group that matches any of ``words``, the longest first, where it is no part of a compound."""

    def pattern(w: Word) -> str:
        compounds, word = f"[{w.compounds}]" if w.compounds else "(?!)", re.escape(w.text)
        if before:
            return f"(?<!{compounds}){word}{w.behind}" if w.compounds else word + w.behind
        # The same lookahead asks for what may follow, so that 年内 is seen behind 3年.
        return f"{word}(?!{compounds})" + (f"(?={w.behind})" if w.behind else "")

    return "(" + "|".join(pattern(w) for w in sorted(words, key=lambda w: -len(w.text))) + ")"


def _at(*places: Place, fall: bool | None = None) -> list[Word]:
    return [w for w in WORDS if w.place in places and fall in (None, w.kind == "fall")]


# A search for what ends before the number finds the longest word: 至少 and not 少.
_BEFORE = {
    scale: re.compile(
        f"(?:{_choice(_at('ahead', fall=False), True)}{_GAP}|{_choice(_at('ahead', fall=True), True)}{_GAP_FALL}"
        f"|{_choice(_at(*near), True)})\\s*$"
    )
    for scale, near in ((False, ("on",)), (True, ("on", "scale")))
}
_BEHIND = {
    inside: re.compile(rf"(?:人民币)?\s*(?:[(（][^()（）]{{1,4}}[)）])?[(（”\"]?{_choice(_at(*places), False)}")
    for inside, places in ((False, ("behind",)), (True, ("behind", "inside")))
}
_KIND_BEFORE = {w.text: w.kind for w in _at("ahead", "on", "scale")}
_KIND_BEHIND = {w.text: w.kind for w in _at("behind", "inside")}
_FALL = _choice(_at("ahead", fall=True), True)
_DIRECTION = re.compile(f"{_FALL}(?![{_LEVEL}])|{_FALL}|{'|'.join(_RISES.split())}")
_LIST_BEFORE = re.compile(r"(?:\d[\d.]*[^\W\d_%]{0,4}%?[,，、和及与 ]+)+$")
_FALL_BEHIND = re.compile(f"的{_FALL}")
# Signs between two numerals that are one number: 三分之二, 3:1, 6+1, 三点二. Two that touch (3千五百) are one, too.
_TIGHT = re.compile("(?:[/／:：∶+＋×·]|分之|点)?")
_UNIT = r"(?P<unit>(?:[^\W\d_]|[%％‰℃°]){0,4}?)"
_RANGE = re.compile(f"{_UNIT} ?[-－\ufe63‒–—―−~～\u301c\u223c] ?")
# A range only if its ends have the same unit, or one unit for both: 15家到2023年 is none, and —— may be punctuation.
_UNITS_ZH = "一二三四五六七八九"
_RANGE_OF_ONE_UNIT = re.compile(f"{_UNIT} ?(?P<sign>至|到|——) ?")
# 突破 before what is broken through is no bound: 突破15项关键技术, 突破“卡脖子”难题3个.
_BROKEN = re.compile("[项个种类款](?:关键|核心|共性|重大|重要|前沿|技术|难题|难关|瓶颈|“?卡脖子)")
# The next number of a list, in the same unit: 分别超过15亿元和20亿元.
_LISTED = re.compile(f"{_UNIT}[、和及与]")


@dataclass(frozen=True)
class LeftOut:
    """``text`` stands beside a number and changes what it says, as ``kind`` of ``KINDS``; ``whole`` holds both."""

    text: str
    kind: str
    whole: Span


def left_out(text: str, span: Span, change: bool = False) -> LeftOut | None:
    """What stands beside ``span`` without which its number says something else; nothing if it is whole.

    ``whole`` of what is returned holds all of it, on both sides. ``change`` looks for a decline in the whole clause,
    as the number of a growth needs it.
    """
    found = _beside(text, span) or (_decline(text, span) if change else None)
    if found is None:
        return None
    whole = found.whole
    while more := _beside(text, whole):
        whole = more.whole
    return replace(found, whole=whole)


def _beside(text: str, span: Span) -> LeftOut | None:
    """The first piece that is missing at either end of ``span``."""
    numerals = find(text)
    first = bisect_right(numerals, span.start, key=lambda n: n.end)
    last = bisect_left(numerals, span.end, key=lambda n: n.start) - 1
    if first > last:
        return None  # no number
    start, end = numerals[first].start, numerals[last].end
    if start < span.start:
        return LeftOut(text[start : span.start], "part", Span(start, max(end, span.end)))
    if end > span.end:
        return LeftOut(text[span.end : end], "part", Span(span.start, end))
    if first and _one_number(text, numerals[first - 1], numerals[first]):
        start = numerals[first - 1].start
        return LeftOut(text[start : span.start], "part", Span(start, span.end))
    if last + 1 < len(numerals) and _one_number(text, numerals[last], numerals[last + 1]):
        unit, end = text[end : span.end], numerals[last + 1].end
        end += len(unit) if text.startswith(unit, end) else 0
        return LeftOut(text[span.end : end], "part", Span(span.start, end))
    return _word(text, span, Span(start, end))


def _one_number(text: str, left: Span, right: Span) -> bool:
    """Whether two neighbouring numerals are parts of one number, or the ends of one range."""
    between, a, b = text[left.end : right.start], left.of(text), right.of(text)
    same_script = a[0].isdigit() == b[0].isdigit()  # 统一15项 is no number of two parts, 统一到15家 no range
    if _TIGHT.fullmatch(between):
        return same_script or between == "分之" or _SCALES.fullmatch(b) is not None or a[0].isdigit()
    if _RANGE.fullmatch(between):
        return True
    if between == "、" and a in _UNITS_ZH and b in _UNITS_ZH:  # 五、六家
        return _UNITS_ZH.index(b) == _UNITS_ZH.index(a) + 1
    m = _RANGE_OF_ONE_UNIT.fullmatch(between)
    if m is None or not same_script or not text.startswith(m["unit"], right.end):
        return False
    if m["sign"] == "——":  # 15家——9家为民营 explains
        return not (a.isdecimal() and b.isdecimal()) or int(a) < int(b)
    return text[left.start - 1 : left.start] not in ("从", "由", "自")  # where something was, and where it is now


def _word(text: str, span: Span, digits: Span) -> LeftOut | None:
    """The word of ``WORDS`` beside ``span``, whose numerals fill ``digits``."""
    scale = digits.start == span.start and _SCALES.fullmatch(digits.of(text)) is not None
    m = _BEFORE[scale].search(text[max(0, span.start - _WINDOW) : span.start])
    word = next(g for g in m.groups() if g) if m else ""
    if m and not (word in ("突破", "破") and _BROKEN.match(text, digits.end)):
        return LeftOut(m[0].rstrip(), _KIND_BEFORE[word], Span(span.start - len(m[0]), span.end))
    if m := _BEHIND[digits.end == span.end].match(text, span.end):
        return LeftOut(m[1], _KIND_BEHIND[m[1]], Span(span.start, m.end()))
    return _of_the_list(text, span, digits)


def _of_the_list(text: str, span: Span, digits: Span) -> LeftOut | None:
    """The word at either end of a list that counts for each number in it: 分别超过15亿元和20亿元, 15家、20家以上."""
    numerals, unit = find(text), text[digits.end : span.end]
    start = end = bisect_left(numerals, digits.start, key=lambda n: n.start)
    if not unit:
        return None

    def joined(n: int) -> bool:
        m = _LISTED.fullmatch(text[numerals[n].end : numerals[n + 1].start])
        return m is not None and m["unit"] == unit and text.startswith(unit, numerals[n + 1].end)

    while start and joined(start - 1):
        start -= 1
    while end + 1 < len(numerals) and joined(end):
        end += 1
    first, last = numerals[start].start, numerals[end].end + len(unit)
    if first < span.start and (m := _BEFORE[False].search(text[max(0, first - _WINDOW) : first])):
        word = next(g for g in m.groups() if g)
        return LeftOut(m[0].rstrip(), _KIND_BEFORE[word], Span(first - len(m[0]), span.end))
    if span.end < last and (m := _BEHIND[False].match(text, last)):
        return LeftOut(m[1], _KIND_BEHIND[m[1]], Span(span.start, m.end()))
    return None


def _decline(text: str, span: Span) -> LeftOut | None:
    """A decline elsewhere in the clause: 同比分别下降4.6%和5.2%, 4.6%的降幅."""
    if m := _FALL_BEHIND.match(text, span.end):
        return LeftOut(m[0], "fall", Span(span.start, m.end()))
    # A number directly behind a comma or 和 continues a list, whose direction stands before it.
    before = _LIST_BEFORE.sub("", text[max(0, span.start - _WINDOW) : span.start])
    clause = _CLAUSE.split(before)[-1]
    words = list(_DIRECTION.finditer(clause))
    if not words or not words[-1][1]:
        return None
    start = max(0, span.start - _WINDOW) + len(before) - len(clause) + words[-1].start()
    return LeftOut(words[-1][1], "fall", Span(start, span.end))
