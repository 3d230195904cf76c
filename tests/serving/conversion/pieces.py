"""A SentencePiece model of ChatGLM3's kind, trained on the spot, and text of many kinds to cut with it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import sentencepiece

VOCABULARY = 1400
"""Pieces of the trained model, the 256 bytes among them."""

_SUBJECTS = ("学生", "老师", "程序", "函数", "循环", "列表", "变量", "测试", "这道题", "递归", "我们", "编译器")
_VERBS = ("返回", "修改", "检查", "写出", "比较", "忘记了", "需要", "正确处理", "没有处理", "计算")
_OBJECTS = (
    "边界条件",
    "空列表",
    "最后一个元素",
    "下标",
    "斐波那契数列",
    "参数",
    "错误信息",
    "两个数的和",
    "缩进",
    "结果",
)
_TAILS = ("。", "，请再想一想。", "！", "，因为条件写错了。", "？", "；下一步是什么？", "……", "：看第三行。")
_ENGLISH = (
    "the loop stops one element too early", "your function returns None when the list is empty",
    "check the base case before the recursive call", "people often forget the colon", "off by one",
    "a dictionary keeps its insertion order", "try the smallest input first", "nothing else has to change",
    "which value does the counter have after the last round", "stop", "sophisticated", "the isopod eats",
)  # fmt: skip
_CODE = (
    "def total(values):", "    result = 0", "    for index in range(len(values)):", "        result += values[index]",
    "    return result", "if __name__ == '__main__':", "        while left <= right:", "class Node:", "import math",
    "\tprint(f\"{name}: {value!r}\")", "            raise ValueError('negative')", "x = {'a': 1, 'b': [2, 3]}",
    "    return fibonacci(n - 1) + fibonacci(n - 2)", "    def __init__(self, value, next=None):",
    "# ====================", "assert 0.1 + 0.2 != 0.3",
)  # fmt: skip
_EMOJI = ("😀", "👩‍💻", "🇨🇳", "✅", "👍🏽", "🧑‍🏫", "❤️")
_MARKS = ("e\u0301", "n\u0303", "a\u0308\u0323", "\u0e01\u0e33", "ก็", "ี", "हिन्दी", "한국어", "\u1100\u1161")
_CONTROLS = ("\x00", "\x01", "\x07", "\x1b[31m", "\x7f", "\u200b", "\u202e", "\ufeff", "\u2028", "\x85", "\ufffd")
_FULL_WIDTH = ("ＡＢＣ", "１２３", "（）", "　", "：", "ﾊﾝｶｸ", "￥", "～")
_RARE = ("𒀀𒁀", "ᚠᚢᚦ", "𐍈", "ꦗꦮ", "ሰላም", "ⵣ", "𠮷野家", "㐂", "ᠮᠣᠩᠭᠣᠯ", "\U000f0000", "\U0010ffff")
_SPACES = (
    " ",
    "  ",
    "   ",
    "     ",
    "        ",
    "\t",
    "\t\t",
    "\u00a0",
    "\u2003",
    "\u2581",
    "\u2581\u2581",
    " \u2581 ",
)
_BREAKS = ("\n", "\r\n", "\r", "\n\n\n", "\x0b", "\x0c")
_ALMOST = (
    "<",
    "|>",
    "<|",
    "user",
    "[gMASK",
    "sop",
    "eop",
    "<0x0A>",
    "<0x41",
    "MASK]",
    "< /s>",
    "<|User|>",
    "＜｜user｜＞",
)


def train_pieces(folder: Path) -> Path:
    """Train a BPE model with byte fallback and give the path of its `tokenizer.model`.

    Its trainer is set as that of the published tokenizer: text as it comes, digits by themselves, runs of spaces as
    pieces, characters too rare for the vocabulary as bytes.
    """
    choose = random.Random(20231027)
    corpus = [kind(choose) for _ in range(400) for kind in (_chinese, _english, _code)]
    corpus += [" " * width + "pass" for width in range(2, 17) for _ in range(20)]
    corpus += ["=" * width for width in range(2, 40)] + ["哈" * width for width in range(2, 12)]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus),
        model_prefix=str(folder / "tokenizer"),
        model_type="bpe",
        vocab_size=VOCABULARY,
        byte_fallback=True,
        character_coverage=0.999,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        allow_whitespace_only_pieces=True,
        split_digits=True,
        num_threads=1,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    return folder / "tokenizer.model"


def _chinese(choose: random.Random) -> str:
    return choose.choice(_SUBJECTS) + choose.choice(_VERBS) + choose.choice(_OBJECTS) + choose.choice(_TAILS)


def _english(choose: random.Random) -> str:
    return choose.choice(("", "Yes, ", "So ", "But ")) + choose.choice(_ENGLISH) + choose.choice((".", "!", "", " 42?"))


def _code(choose: random.Random) -> str:
    return choose.choice(_CODE)


def _block(choose: random.Random) -> str:
    ends = choose.choice(_BREAKS[:2])
    return ends.join(choose.choice(_CODE) for _ in range(choose.randint(2, 8)))


def _any_of(*pools: tuple[str, ...]) -> Callable[[random.Random], str]:
    pool = [text for texts in pools for text in texts]
    return lambda choose: "".join(choose.choice(pool) for _ in range(choose.randint(1, 12)))


def _runs(choose: random.Random) -> str:
    return "".join(choose.choice(" =-a哈.\t0▁#*") * choose.randint(1, 40) for _ in range(choose.randint(1, 5)))


def _points(choose: random.Random) -> str:
    """Any characters there are, without the surrogates, which are none."""
    points = (choose.choice((0x80, 0x800, 0x3000, 0x10000, 0x110000)) for _ in range(choose.randint(1, 20)))
    characters = (chr(choose.randrange(limit)) for limit in points)
    return "".join(character for character in characters if not "\ud800" <= character <= "\udfff")


_KINDS: tuple[Callable[[random.Random], str], ...] = (
    _chinese,
    _english,
    _code,
    _block,
    _runs,
    _points,
    _any_of(_EMOJI, _MARKS, _ENGLISH),
    _any_of(_CONTROLS, _SPACES, _SUBJECTS),
    _any_of(_FULL_WIDTH, _SUBJECTS, _VERBS, _ENGLISH),
    _any_of(_RARE, _SPACES, _OBJECTS),
    _any_of(_BREAKS, _SPACES, _CODE, _TAILS),
    _any_of(_ALMOST, _ENGLISH, _SPACES),
)


def generated_lines(count: int, seed: int = 3) -> Iterator[str]:
    """Text of all kinds in turn, every fifth of several kinds at once; none spells a control token."""
    choose = random.Random(seed)
    for index in range(count):
        if index % 5:
            yield _KINDS[index % len(_KINDS)](choose)
        else:
            yield "".join(choose.choice(_KINDS)(choose) + choose.choice(("", " ", "\n")) for _ in range(3))
