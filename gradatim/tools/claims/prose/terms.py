"""Words that name kinds of faults."""

from __future__ import annotations

import re

_TERMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"base[- ]cases?|stopping condition|termination condition|terminating condition", ("base-case",)),
    (r"recursive (?:call|case|step|part|function call)s?|recurs(?:es|ing|ion)", ("recursive-call", "base-case")),
    (r"infinite recursion|calls? itself", ("recursive-call", "base-case")),
    (r"off[- ]by[- ]one|one (?:time|iteration|step|element|round) too (?:many|few)|(?:stops?|ends?|starts?) (?:too"
     r"|one) "
     r"(?:early|soon|late)|(?:loop|range)(?:'s)? (?:bounds?|limits?|ends?|stop|upper bound|lower bound)"
     r"|number of (?:iterations|times|rounds)|iterat\w+ (?:\w+ )?(?:too|one|once|from|until|up|over one|n times)",
     ("loop-bound", "range", "index")),
    (r"range\b(?! of)", ("loop-bound", "range", "loop-head")),
    (r"(?:the )?correct (?:sum|result|number|value|output)s?", ("nothing",)),
    (r"(?:loop|while|loop's|while loop) condition|condition (?:of|in|for) the (?:while )?loop|while statement",
     ("loop-condition", "loop-bound", "loop-head")),
    (r"while loop", ("loop-condition", "update", "indentation", "initial-value")),
    (r"for loop|the loop\b(?! variable)|inner loop|outer loop|loops?\b(?! variable)|iterat\w+",
     ("loop-bound", "loop-head", "range", "loop-condition", "return-in-loop", "indentation", "update", "index",
      "copy", "break", "order", "reset")),
    (r"loop variables?", ("loop-head", "name", "update", "index", "loop-bound")),
    (r"(?:add|includ|need|insert)\w* (?:an? )?(?:\w+ )?(?:check|condition|conditional|guard|if statement)s?|should"
     r" check\b"
     r"|(?:not|n't) check\b", ("guard", "condition", "base-case", "comparison-operator", "key")),
    (r"(?:if|elif|else|if-elif|if-else)(?: |-)(?:statement|block|condition|branch|clause|chain)s?|conditions?\b"
     r"|comparisons?|conditionals?", ("condition", "comparison-operator", "guard", "base-case", "loop-condition")),
    (r"comparison operator|strict(?:ly)?|less than or equal|greater than or equal",
     ("comparison-operator", "condition")),
    (r"return(?:s|ed|ing)? (?:statement|value|type)s?|return statement",
     ("return-value", "missing-return", "return-in-loop")),
    (r"(?:not|never|missing|without|n't) (?:\w+ )?return\w*|return is missing|returns? (?:nothing|None)",
     ("missing-return", "return-value", "print")),
    (r"returns? (?:inside|in|within) the loop|after the first (?:iteration|element|number|item|letter|round)"
     r"|(?:too|prematurely) early|prematurely|early return", ("return-in-loop", "indentation", "break", "order",
                                                              "return-value", "condition")),
    (r"initiali[sz]\w+|initial (?:value|condition)s?|starting values?|start(?:s|ed)? (?:with|at) [\ue100-\uf0ff\d]",
     ("initial-value", "loop-bound", "base-case", "reset", "default-value", "key")),
    (r"re-?initiali[sz]\w+|resets?|resetting", ("initial-value", "reset", "indentation", "order")),
    (r"(?:re)?assign(?:s|ed|ing|ment)?|overwrit\w+", ("assignment", "update", "initial-value", "container", "name")),
    (r"updat(?:e|es|ed|ing)|increment\w*|decrement\w*|accumulat\w+",
     ("update", "indentation", "reset", "addition")),
    (r"indent\w*|nested? inside|outside (?:of )?the loop|(?:inside|in|of|within|before|after) (?:the|each|every) "
     r"(?:loop|iteration)s?", ("indentation", "return-in-loop", "order", "reset", "update", "missing-statement")),
    (r"(?:integer|floor|float|true) division|divis(?:ion|or)s?\b|divid\w+|modul(?:o|us)|remainders?",
     ("division", "arithmetic-operator", "guard", "brackets", "condition", "initial-value", "precedence")),
    (r"multipl\w+", ("multiplication", "arithmetic-operator", "formula")),
    (r"subtract\w*", ("subtraction", "arithmetic-operator", "formula")),
    (r"concatenat\w+", ("string", "type", "print", "container", "method")),
    (r"format\w*|spaces?\b|spacing|separators?|newlines?|line breaks?", ("string", "print", "type", "argument")),
    (r"convert\w*|conversion|casts?|casting|(?:wrong|different|incompatible|correct|data) types?|type error|as"
     r" (?:an? )?"
     r"(?:integer|string|number)s?|strings? (?:and|instead of|rather than|not) (?:an? )?(?:integer|number|int)",
     ("type", "letter-case", "division")),
    (r"upper-?\s?case|capital\w*|lower-?\s?case|case[- ](?:in)?sensitiv\w*", ("letter-case",)),
    (r"default (?:argument|parameter|value|list)s?|mutable|optional (?:argument|parameter)s?",
     ("default-value", "parameter", "guard", "copy")),
    (r"colons?|syntax(?:\w+)?", ("colon", "syntax", "brackets", "quotes", "indentation")),
    (r"parenthes[ei]s|brackets?|precedence|order of operations", ("brackets", "precedence", "call", "syntax")),
    (r"(?:not|n't|never|un) ?defined|undefined|misspell\w*|typos?|misnamed|variable names?|shadow\w*|scope",
     ("name", "self", "initial-value", "assignment")),
    (r"(?:same|different) variables?", ("name", "loop-head", "formula")),
    (r"self\b", ("self", "name", "parameter")),
    (r"(?:modif|remov|chang|mutat|alter|delet)\w+ (?:the |an? |your |its |elements? |items? |from |original |input"
     r" |it )*"
     r"(?:list|original|while|during|in[- ]place|elements?|input)|in[- ]place|while iterating|cop(?:y|ies)\b",
     ("copy", "mutation", "method", "container", "assignment")),
    (r"append\w*|extend\w*|insert(?:s|ed|ing)?\b", ("method", "call", "container", "indentation", "assignment")),
    (r"print(?:s|ed|ing)?\b", ("print", "string", "missing-return", "indentation", "argument", "call")),
    (r"rais(?:e|es|ed|ing)|throw(?:s|n|ing)?|exceptions?", ("raise", "guard", "condition", "type", "name", "key")),
    (r"empty|no (?:elements?|readings?|words?|items?|values?)", ("guard", "base-case", "empty", "initial-value")),
    (r"negative (?:numbers?|values?|integers?|inputs?)", ("condition", "initial-value", "guard",
        "comparison-operator")),
    (r"ind(?:ex|ices|exes|exing)\b|out of (?:range|bounds)", ("index", "loop-bound", "guard", "initial-value", "key",
                                                             "loop-head")),
    (r"(?:order|sequence) of (?:the )?(?:conditions?|statements?|assignments?|checks?|lines?|swap)|wrong order",
     ("order", "condition", "update")),
    (r"tie\b|ties\b|equally long|same length|equal(?:ly)? (?:long|large)", ("comparison-operator", "condition")),
    (r"keys?\b|dictionar(?:y|ies)", ("key", "guard", "container", "method", "update", "condition", "initial-value",
                                     "assignment")),
    (r"data structures?", ("container", "type")),
)  # fmt: skip
_PATTERNS = tuple((re.compile(rf"\b(?:{pattern})", re.IGNORECASE), kinds) for pattern, kinds in _TERMS)
_BROAD = 6
"""A word that may mean this many kinds of faults says nothing beside one that means fewer."""


def kinds_in(text: str) -> tuple[frozenset[str], tuple[tuple[int, int], ...]]:
    """Kinds of faults that the words of a prepared text name, and where these words stand.

    A word that lies within a longer one ("loop" in "loop condition") does not count.
    """
    hits = [(match.start(), match.end(), kinds) for pattern, kinds in _PATTERNS for match in pattern.finditer(text)]
    outer = [
        hit
        for hit in hits
        if not any(
            other[0] <= hit[0] and hit[1] <= other[1] and other[1] - other[0] > hit[1] - hit[0] for other in hits
        )
    ]
    narrow = [hit for hit in outer if len(hit[2]) < _BROAD]
    outer = narrow or outer
    outer = [hit for hit in outer if hit[2] != ("nothing",)]
    return frozenset(kind for hit in outer for kind in hit[2]), tuple(sorted((hit[0], hit[1]) for hit in outer))
