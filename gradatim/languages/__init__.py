"""Languages that learners are spoken to in: a folder of files each.

`languages/<code>/language.yaml` says what the language is called; every other file there is a section of phrases. A
phrase is found by its section and its place in it, and filled in with values:

```python
with speaking("zh"):
    say("tutoring.orient.line", line=4)  # tutoring.yaml: orient: {line: "看看第 {line} 行 …"}
    rendered("The result is wrong in test t2.")  # what evidence says: 测试 t2 的结果不对。
```

What one language's files hold, every language's files hold, with the same values in each phrase (a test).
"""

from gradatim.languages.language import Language, available, language
from gradatim.languages.phrases import has, phrase, say, variants
from gradatim.languages.rendering import rendered
from gradatim.languages.sentences import sentences
from gradatim.languages.speaking import speaking, spoken

__all__ = [
    "Language",
    "available",
    "has",
    "language",
    "phrase",
    "rendered",
    "say",
    "sentences",
    "speaking",
    "spoken",
    "variants",
]
