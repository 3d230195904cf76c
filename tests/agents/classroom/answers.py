# ruff: noqa: E501 a row is an answer
"""Short answers with what a teacher would say of each criterion: `+` it is there, `-` it is not.

Those of `HELD_BACK` were written before the marker was tried on any of them, and no rule was changed for them.
"""

from __future__ import annotations

from gradatim.agents.classroom.shortanswer import ShortAnswerQuestion

_STOPS = ["stop*", "end*", "no more call*", "without * call*", "result", "return*", "terminat*"]
_LESS = ["small*", "simpl*", "closer", "shorter", "reduc*", "shrink*", "decreas*"]
RECURSION = ShortAnswerQuestion.model_validate(
    {
        "id": "why-recursion-ends",
        "question": "Why does a recursive function come to an end? Answer in two or three sentences.",
        "criteria": [
            {
                "id": "base",
                "text": "A base case gives a result without another call.",
                "points": 2,
                "keywords": [["@base-case", "stopping condition", "stop condition"], _STOPS],
                "unless": ["forever"],
                "examples": ["The recursion stops at the base case."],
            },
            {
                "id": "smaller",
                "text": "Every call works on a smaller problem.",
                "keywords": [_LESS, ["call*", "problem*", "step*", "argument*", "input*", "time", "each", "every"]],
            },
        ],
    }
)
SEASONS = ShortAnswerQuestion.model_validate(
    {
        "id": "why-seasons",
        "question": "Why are there seasons on Earth?",
        "criteria": [
            {
                "id": "tilt",
                "text": "The Earth's axis is tilted.",
                "keywords": [["axis", "Earth"], ["tilt*", "lean*", "inclin*", "slant*"]],
            },
            {
                "id": "light",
                "text": "So the hemispheres get different amounts of sunlight during the year.",
                "keywords": [
                    ["hemisphere*", "half", "north*", "south*"],
                    ["sunlight", "light", "sun's rays", "rays", "sun", "solar"],
                ],
            },
            {
                "id": "not-distance",
                "text": "The distance to the Sun is not the reason.",
                "keywords": [["distance", "closer", "further", "nearer", "far away"], ["not", "isn't", "no"]],
            },
        ],
    }
)
PLANTS = ShortAnswerQuestion.model_validate(
    {
        "id": "photosynthesis",
        "question": "植物为什么需要阳光？",
        "criteria": [
            {
                "id": "light",
                "text": "植物利用光能进行光合作用。",
                "keywords": [["光能", "阳光", "太阳光"], ["光合作用"]],
            },
            {
                "id": "food",
                "text": "光合作用制造养分。",
                "keywords": [["养分", "有机物", "葡萄糖", "食物"], ["制造", "产生", "合成", "得到"]],
            },
        ],
    }
)

Row = tuple[str, str]
DEVELOPED: list[tuple[ShortAnswerQuestion, list[Row]]] = [
    (
        RECURSION,
        [
            ("There is a base case at which it stops, and every call gets a smaller problem.", "++"),
            ("Because of the base case. It returns a result without calling the function again.", "+-"),
            ("It has a stopping condition that ends it.", "+-"),
            ("Each time the function is called with a smaller number.", "-+"),
            ("The base case makes it go on forever.", "--"),
            ("It does not end because there is no base case.", "--"),
            ("I like pizza.", "--"),
            ("", "--"),
            ("base case stop small call", "--"),
            ("Why does a recursive function come to an end?", "--"),
            ("The function's argument decreases until the base case is reached, where it returns directly.", "++"),
            ("A loop repeats code until the condition is false.", "--"),
            ("The problem gets simpler with every step. At the base case the recursion ends.", "++"),
            ("Recursion requires a base case.", "--"),
        ],
    ),
    (
        SEASONS,
        [
            ("The Earth's axis is tilted, so the northern half gets more sunlight in summer.", "++-"),
            ("Because the Earth is closer to the sun in summer.", "---"),
            ("It is not the distance to the sun but the tilt of the axis.", "+-+"),
            ("The Earth leans, and the hemisphere that leans towards the sun gets more light.", "++-"),
            ("The axis is not tilted.", "---"),
            ("The Earth turns around itself once a day.", "---"),
        ],
    ),
]
HELD_BACK: list[tuple[ShortAnswerQuestion, list[Row]]] = [
    (
        RECURSION,
        [
            ("It ends when the base case is reached, since that one returns a value straight away.", "+-"),
            ("The input shrinks with each call, and in the end the base case returns a fixed value.", "++"),
            ("Recursive functions never end.", "--"),
            ("You write an if that returns without calling the function again.", "+-"),
            ("Every call brings you closer to the base case, and the base case stops the recursion.", "++"),
            ("The computer stops it after 1000 calls.", "--"),
            ("Without a base case it never stops.", "--"),
            ("The list gets shorter in every call until it is empty, which is the base case that ends everything.", "++"),
            ("It calls itself again and again.", "--"),
            ("The recursion has a base case which ends the chain of calls. The argument is reduced in every step.", "++"),
            ("Because I was told so in class.", "--"),
            ("there must be a condition where it no longer calls itself", "+-"),
            ("The base case isn't what stops it.", "--"),
            ("A recursive function ends since each problem is smaller than the one before.", "-+"),
        ],
    ),
    (
        SEASONS,
        [
            ("The tilt of Earth's axis means that the north gets more direct rays in June.", "++-"),
            ("In winter the sun is further away.", "---"),
            ("The planet's axis is inclined by 23 degrees; that is why each hemisphere gets a changing amount of light.", "++-"),
            ("Because of clouds and wind.", "---"),
            ("The distance is not important. The tilted axis is.", "+-+"),
            ("Earth's axis isn't straight up, it is slanted.", "+--"),
            ("It rains more in autumn.", "---"),
            ("The southern hemisphere receives more solar energy in December since our Earth is tilted.", "++-"),
        ],
    ),
    (
        PLANTS,
        [
            ("植物利用阳光进行光合作用，制造养分。", "++"),
            ("植物需要阳光，因为没有阳光会很冷。", "--"),
            ("光合作用会产生葡萄糖。", "-+"),
            ("植物靠太阳光做光合作用。这样合成有机物。", "++"),
            ("我不知道。", "--"),
            ("植物不需要阳光来进行光合作用。", "--"),
        ],
    ),
]  # fmt: skip
