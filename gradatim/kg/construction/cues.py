"""Words between and around two mentions that speak of a relation."""

from __future__ import annotations

import re

CUES = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("such-as", r"\bsuch as\b|\be\.g\.|\bfor example,? |\bfor instance\b"),
        ("including", r"\bincluding\b|\bnamely\b|\bviz\b"),
        ("other", r"\b(?:and|or) (?:any |many |all )?other\b"),
        (
            "kind",
            r"\b(?:kinds?|types?|forms?|sorts?|examples?|varieties|variants?|class|family|subset|case"
            r"|instance|category) of\b",
        ),
        ("part", r"\b(?:parts?|components?|elements?|members?|pieces?) of\b"),
        (
            "is-a",
            r"^\W*(?:is|are|was|were)(?: also| just| simply| really| actually| basically)? (?:an?|the|one of"
            r"|another|called)\b|^\W*(?:is|are)\b",
        ),
        ("called", r"\b(?:called|named|known as|referred to as|termed)\b"),
        ("consists", r"\b(?:consists?|composed|made up|made) of\b|\bcontain(?:s|ing)?\b|\bcompris(?:e|es|ing)\b"),
        ("has", r"\b(?:has|have|having)\b"),
        (
            "unlike",
            r"\bunlike\b|\bin contrast\b|\bas opposed to\b|\bwhereas\b|\bon the other hand\b|\bhowever\b"
            r"|\bwhile\b|\bbut\b",
        ),
        ("instead", r"\binstead of\b|\brather than\b|\bin place of\b|\balternatives? to\b|\balternatively\b"),
        (
            "like",
            r"\bsimilar(?:ly)? to\b|\bjust like\b|\banalogous\b|\bresembles?\b|\bsame (?:as|way)\b"
            r"|\bequivalent\b|\bequal to\b|\blike\b|\bas (?:well|with|in)\b",
        ),
        (
            "differ",
            r"\bdiffer(?:s|ent|ence|ences)?\b|\bversus\b|\bvs\b|\bcompared?\b|\bthan\b|\bopposite\b"
            r"|\binverse\b|\bcounterpart\b",
        ),
        (
            "use",
            r"\busing\b|\buses?\b|\bused (?:in|to|for|with|as|by)\b|\bby means of\b|\bwith the help of\b"
            r"|\bvia\b|\bthrough\b",
        ),
        (
            "need",
            r"\brequir(?:e|es|ed|ing)\b|\bneed(?:s|ed)?\b|\bdepends? on\b|\brel(?:y|ies) on\b|\bbased on\b"
            r"|\bbuil(?:t|ds?) (?:on|upon)\b|\bprerequisite\b|\bbefore\b|\bonce you\b|\bafter\b|\bfirst\b"
            r"|\bassum(?:e|es|ing)\b|\bfamiliar with\b|\bfoundation\b",
        ),
        (
            "return",
            r"\breturn(?:s|ed|ing)?\b|\bproduc(?:e|es|ed|ing)\b|\bcreat(?:e|es|ed|ing)\b|\bgives?\b"
            r"|\byields?\b",
        ),
        ("raise", r"\brais(?:e|es|ed|ing)\b|\bthrow(?:s|n)?\b"),
        ("take", r"\btak(?:e|es|en|ing)\b|\baccepts?\b|\bpassed\b|\bgiven\b"),
        ("contain", r"\bwithin\b|\binside\b|\bin\b"),
        ("both", r"\bboth\b|\beither\b"),
        ("with", r"\bwith\b|\bwithout\b"),
        ("of", r"\bof\b"),
        ("for", r"\bfor\b"),
        ("from", r"\bfrom\b"),
        ("by", r"\bby\b"),
        ("as", r"\bas\b"),
        ("that", r"\b(?:that|which|where|whose)\b"),
        ("and", r"^\W*and\W*$"),
        ("or", r"^\W*or\W*$"),
        ("comma", r"^\s*[,/]\s*$"),
        ("bracket", r"^\s*[(“\"]"),
    )
)
"""What a cue is called, and how it is written; the names are signs of the relation judge."""
