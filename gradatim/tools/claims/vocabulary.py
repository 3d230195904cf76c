"""The words that matter when two sentences are compared, and those that do not."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


STOP = word_set(
    """
    a an the this that these those it its is are was were be been being has have had do does did of to in on
    at by for from with as and or but so if then too very your you we our i they their there here which who
    what when where how why can will shall also just while into out again program code test tests line lines
    it's that's there's itself them him her us me my mine yours than own because since therefore such via
    per about against during through upon within along across actually really simply
    """
)
"""Words that say nothing by themselves."""

_OPPOSITES = """
    first begin start beginning initial | last end stop final finish
    before | after behind
    early earlier soon | late later
    include contain reach cover | exclude omit skip miss leave lose
    less small smaller few fewer low lower | great greater large larger big bigger high higher many
    below under | above over
    short shorter | long longer
    always every all each | never no none nothing | sometimes some
    true | false
    pass | fail
    correct right | wrong incorrect
    increase grow add plus increment | decrease shrink subtract minus decrement remove
    minimum smallest min | maximum largest max
    inside in-loop | outside
    up upward | down downward
    assign | compare
    upper uppercase | lowercase
"""
_NOT_TO_BE_REPLACED = """
    empty, even, odd, positive, negative, left, integer int whole, float decimal, string text, list, tuple,
    dictionary dict, set, local, global, row, column, key, print, return, append, extend, break, continue,
    equal same, different unequal, multiply product times, divide quotient, remainder modulo, forloop,
    whileloop, index position, value, item element, argument, parameter, call, define, once, twice, only,
    more, exactly, length, sum, average mean, mutable, immutable, infinite forever endless, both, either,
    one, two, raise, unused, unnecessary
"""


def _groups() -> tuple[tuple[str, ...], ...]:
    opposites = [tuple(side.strip() for side in line.split("|")) for line in _OPPOSITES.strip().splitlines()]
    alone = [(item.strip(),) for item in _NOT_TO_BE_REPLACED.replace("\n", ",").split(",") if item.strip()]
    return (*opposites, *alone)


OPPOSITES = _groups()
"""Words that carry a meaning which another word would reverse or replace.

One tuple a meaning, one text a side of it; the words of one text mean the same.
"""
