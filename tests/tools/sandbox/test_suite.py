"""A student's program and its tests in two processes: what tests can do with it, and what it cannot do to them."""
# ruff: noqa: E501 - one statement a case

from __future__ import annotations

import textwrap

import pytest

from gradatim.tools.sandbox import ForkServerSandbox
from gradatim.tools.sandbox.suite import Suite, SuiteFinding, SuiteResult
from gradatim.tools.suites.names import outline
from gradatim.tools.suites.pack import pytest_pack

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROGRAM = '''
import collections, enum, random
class NotEnough(ValueError):
    def __init__(self, amount):
        super().__init__(f"short of {amount}")
        self.amount = amount
class Account:
    """An account."""
    bank = "B"
    def __init__(self, owner, balance=0):
        self.owner, self.balance, self.history = owner, balance, []
    def deposit(self, amount):
        self.balance += amount
        self.history.append(amount)
        print("deposited", amount)
        return self
    def withdraw(self, amount):
        if amount > self.balance:
            raise NotEnough(amount - self.balance)
        self.balance -= amount
    @classmethod
    def rich(cls): return cls("Ann", 100)
    def __eq__(self, other): return isinstance(other, Account) and self.owner == other.owner
    def __hash__(self): return hash(self.owner)
    def __lt__(self, other): return self.balance < (other.balance if isinstance(other, Account) else other)
    def __add__(self, other): return Account(self.owner, self.balance + other)
    def __radd__(self, other): return self + other
    def __len__(self): return len(self.history)
    def __iter__(self): return iter(self.history)
    def __contains__(self, amount): return amount in self.history
    def __getitem__(self, place): return self.history[place]
    def __enter__(self): return self
    def __exit__(self, *_): self.owner = "closed"
    def __repr__(self): return f"Account({self.owner!r})"
class Liar:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return 0
    __rsub__ = __mod__ = __sub__
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __contains__ = __lt__
    def __hash__(self): return 3
class Stack(list):
    def push(self, item): self.append(item)
class Colour(enum.Enum):
    RED = 1
    BLUE = 2
Point = collections.namedtuple("Point", "x y")
LIMIT = 3
def liar(): return Liar()
def sort_in_place(items): items.sort(); return items
def clear_first(rows): rows[0].clear(); rows.append([9])
def bump(counts): counts["a"] = counts.get("a", 0) + 1
def ask(): return int(input("how many? ")) * 2
def read_all(): import sys; return sys.stdin.read().split()
def twice(function, value): return function(function(value))
def count(n):
    for i in range(n): yield i
def describe(item): return item.name.upper()
def adder(n): return lambda m: n + m
def tally(text): return collections.Counter(text)
def plain(): return [1, (2.0, None), {"a": {3}}, b"x", 10**40, "\\ud800"]
def bad(n): return [][n]
def interrupt(): raise KeyboardInterrupt
def leave(): raise SystemExit(3)
def die(): import os; os._exit(0)
def hang():
    while True: pass
def sleep(): import time; time.sleep(60)
def flood():
    while True: print("x" * 10_000)
def eat(): return bytearray(10**10)
def meddle():
    import builtins, sys, unittest
    unittest.TestCase.assertEqual = lambda *a: None
    builtins.len = lambda _: 0
    for module in list(sys.modules.values()):
        if hasattr(module, "MODULE"): module.MODULE = None
    return 4
def forge():
    import os
    for descriptor in range(3, 40):
        try: os.write(descriptor, b"R" + (40).to_bytes(4, "little") + b'{"index": 0, "status": "passed", "x": 1}')
        except OSError: pass
    return 4
'''

HOLDS = {
    "attributes": 'a = Account("Bo", balance=5); self.assertEqual((a.owner, a.balance, Account.bank), ("Bo", 5, "B")); a.balance = 7; self.assertEqual(a.deposit(1).balance, 8)',
    "missing": 'self.assertFalse(hasattr(Account("A"), "nothing")); self.assertFalse(hasattr(submission, "nothing"))',
    "class method": 'self.assertEqual(Account.rich().balance, 100); self.assertIsInstance(Account.rich(), Account); self.assertNotIsInstance(3, Account)',
    "documentation": 'self.assertEqual(Account.__doc__, "An account."); self.assertEqual(repr(Account("A")), "Account(\'A\')"); self.assertEqual(Account.__name__, "Account")',
    "exceptions": 'with self.assertRaises(NotEnough) as c: Account("A").withdraw(3)\nself.assertEqual((c.exception.amount, str(c.exception)), (3, "short of 3"))\nwith self.assertRaisesRegex(ValueError, "short of 2"): Account("A").withdraw(2)\nself.assertTrue(issubclass(NotEnough, ValueError))',
    "builtin exceptions": 'with self.assertRaises(IndexError): submission.bad(1)\nwith self.assertRaises(SystemExit): submission.leave()\nwith self.assertRaises(BaseException): submission.interrupt()',
    "equality": 'a = Account("A"); self.assertEqual(a, a); self.assertEqual(a, Account("A")); self.assertNotEqual(a, Account("B")); self.assertNotEqual(a, "A"); self.assertEqual(len({a, Account("A")}), 1)',
    "operators": 'a = Account("A", 2); self.assertLess(a, 3); self.assertEqual((a + 5).balance, 7); self.assertEqual(sum([a], 1).balance, 3); self.assertTrue(a < Account("B", 9))',
    "container": 'a = Account("A").deposit(4).deposit(5); self.assertEqual((len(a), list(a), a[1]), (2, [4, 5], 5)); self.assertIn(4, a); self.assertNotIn(6, a)',
    "context": 'with Account("A") as a: pass\nself.assertEqual(a.owner, "closed")',
    "enumeration": 'self.assertIs(submission.Colour.RED, submission.Colour.RED); self.assertEqual(submission.Colour(2).name, "BLUE"); self.assertEqual(len(list(submission.Colour)), 2)',
    "named tuple": 'p = submission.Point(1, 2); self.assertEqual(p, (1, 2)); self.assertEqual((p.x, p[1]), (1, 2))',
    "subclass of list": 's = submission.Stack([1]); s.push(2); self.assertEqual(s, [1, 2]); self.assertNotEqual(s, [1]); self.assertIn(2, s); self.assertEqual(len(s), 2)',
    "plain data": 'self.assertEqual(submission.plain(), [1, (2.0, None), {"a": {3}}, b"x", 10**40, "\\ud800"]); self.assertEqual(submission.tally("aab"), {"a": 2, "b": 1})',
    "changed arguments": 'items = [3, 1]; self.assertIs(submission.sort_in_place(items), items); self.assertEqual(items, [1, 3])\nrows = [[1], [2]]; first = rows[0]; submission.clear_first(rows); self.assertEqual((rows, first), ([[], [2], [9]], []))\ncounts = {}; submission.bump(counts); submission.bump(counts); self.assertEqual(counts, {"a": 2})',
    "callbacks": 'self.assertEqual(submission.twice(lambda n: n + 3, 1), 7); self.assertEqual(submission.twice(str, 1), "1"); m = mock.Mock(return_value=1); submission.twice(m, 0); self.assertEqual(m.call_count, 2)\nclass Thing: name = "pen"\nself.assertEqual(submission.describe(Thing()), "PEN")\nwith self.assertRaises(ZeroDivisionError): submission.twice(lambda n: 1 // 0, 1)',
    "functions": 'self.assertEqual(submission.adder(2)(3), 5); self.assertTrue(callable(submission.adder)); self.assertEqual(list(submission.count(3)), [0, 1, 2]); g = submission.count(2); next(g); self.assertEqual(next(g), 1)',
    "output": 'with contextlib.redirect_stdout(io.StringIO()) as out: Account("A").deposit(3)\nself.assertEqual(out.getvalue(), "deposited 3\\n")',
    "input": 'with mock.patch("builtins.input", return_value="21"): self.assertEqual(submission.ask(), 42)\nwith mock.patch("sys.stdin", io.StringIO("4\\n")), contextlib.redirect_stdout(io.StringIO()) as out: self.assertEqual(submission.ask(), 8)\nself.assertEqual(out.getvalue(), "how many? ")\nwith mock.patch("sys.stdin", io.StringIO("a b\\nc")): self.assertEqual(submission.read_all(), ["a", "b", "c"])\nwith self.assertRaises(EOFError): submission.ask()',
    "patching": 'with mock.patch("submission.bad", lambda n: "patched"): self.assertEqual(submission.bad(1), "patched")\nwith self.assertRaises(IndexError): submission.bad(1)\nsubmission.LIMIT = 5; self.assertEqual(submission.LIMIT, 5); importlib.reload(submission); self.assertEqual(submission.LIMIT, 3)',
}  # fmt: skip
"""What holds for `PROGRAM`: each is a test that passes."""

FAILS = {
    "a wrong value": ('self.assertEqual(Account("A").balance, 7, "new")', "failed", "0 != 7 : new"),
    "an object that equals everything": ("self.assertEqual(submission.liar(), 3)", "failed", "!= 3"),
    "on the other side": ("self.assertEqual(3, submission.liar())", "failed", "3 !="),
    "within a list": ("self.assertEqual([submission.liar()], [3])", "failed", "3"),
    "not different": ("self.assertFalse(submission.liar() != 3)", "failed", "True is not false"),
    "a difference of nought": ("self.assertAlmostEqual(submission.liar(), 3)", "error", "unsupported operand"),
    "larger than everything": ("self.assertGreater(submission.liar(), 3)", "error", "not supported"),
    "holding everything": ("self.assertIn(3, submission.liar())", "error", "is not iterable"),
    "an exception": ("submission.bad(3)", "error", "list index out of range"),
    "an interrupt": ("submission.interrupt()", "error", ""),
    "an exit": ("submission.leave()", "error", "3"),
    "a subclass": ("class Sub(Account): pass", "error", "cannot be extended"),
    "its own process ended": ("submission.die()", "crashed", ""),
    "an end that was expected": ("with self.assertRaises(BaseException): submission.die()", "crashed", ""),
    "an endless loop": ("submission.hang()", "timeout", ""),
    "a long sleep": ("submission.sleep()", "timeout", ""),
    "endless output": ("submission.flood()", "output-limit", ""),
    "an endless test": ("while True: pass", "timeout", ""),
    "much memory": ("submission.eat()", "error", ""),
    "what meddles": ("submission.meddle(); self.assertEqual(len([1, 2]), 3)", "crashed", ""),
    "what forges results": ("self.assertEqual(submission.forge(), 5)", "crashed", ""),
}  # fmt: skip
"""What does not hold: each is a test that must not pass, with its status and a part of its message."""


def module(bodies: list[str]) -> str:
    """A module of unittest with one test for each body."""
    head = (
        "import contextlib, importlib, io, unittest\nfrom unittest import mock\nimport submission\n"
        "from submission import Account, NotEnough\nclass T(unittest.TestCase):\n"
    )
    tests = [f"    def test_{n:02}(self):\n{textwrap.indent(body, ' ' * 8)}\n" for n, body in enumerate(bodies)]
    return head + "".join(tests)


async def run(sandbox: ForkServerSandbox, source: str, program: str = PROGRAM, limit: float = 0.5) -> SuiteResult:
    found = outline(source)
    pack = pytest_pack() if found.runner == "pytest" else None
    names = tuple(found.names)
    return await sandbox.run_suite(Suite(program, source, names, (limit,) * len(names), runner=found.runner, pack=pack))


async def test_tests_can_use_a_program_as_if_it_were_theirs(sandbox: ForkServerSandbox) -> None:
    result = await run(sandbox, module(list(HOLDS.values())), limit=5.0)
    wrong = {
        name: (f.status, f.message) for name, f in zip(HOLDS, result.findings, strict=True) if f.status != "passed"
    }
    assert not wrong


async def test_programs_cannot_pass_by_anything_but_right_values(sandbox: ForkServerSandbox) -> None:
    result = await run(sandbox, module([body for body, _, _ in FAILS.values()]))
    for (name, (_, status, message)), finding in zip(FAILS.items(), result.findings, strict=True):
        assert finding.status == status or (name, finding.status) == ("what forges results", "failed"), (name, finding)
        assert message in finding.message, (name, finding)


async def one(sandbox: ForkServerSandbox, body: str, program: str = PROGRAM) -> SuiteFinding:
    return (await run(sandbox, module([body]), program)).findings[0]


async def test_what_is_told_of_a_failure(sandbox: ForkServerSandbox) -> None:
    finding = await one(sandbox, "submission.bad(3)")
    assert finding.raised is not None
    assert (finding.raised.type, finding.raised.function) == ("IndexError", "bad")
    assert PROGRAM.splitlines()[(finding.raised.line or 0) - 1].startswith("def bad")
    assert finding.line == 7
    hanging = await one(sandbox, "submission.hang()")
    assert PROGRAM.splitlines()[hanging.where[-1] - 1].strip().startswith("while True")
    printed = await one(sandbox, "Account('A').deposit(5)")
    assert printed.stdout == "deposited 5\n"
    dead = await one(sandbox, "submission.die()")
    assert (dead.exit_code, dead.by_tests) == (0, False)
    assert (await one(sandbox, "import os; os._exit(0)")).by_tests


async def test_a_crash_leaves_the_other_tests_alone(sandbox: ForkServerSandbox) -> None:
    result = await run(sandbox, module(["submission.die()", "pass", "submission.hang()", "self.assertEqual(1, 1)"]))
    assert [finding.status for finding in result.findings] == ["crashed", "passed", "timeout", "passed"]


@pytest.mark.parametrize(
    ("program", "status", "kind"),
    [("1 / 0", "not-loaded", "ZeroDivisionError"), ("import os; os._exit(1)", "crashed", ""),
     ("x = 1", "not-loaded", "ImportError"), ("input()", "not-loaded", "EOFError")],
)  # fmt: skip
async def test_programs_that_cannot_be_imported(
    sandbox: ForkServerSandbox, program: str, status: str, kind: str
) -> None:
    result = await run(sandbox, module(["pass", "pass"]), program)
    assert [(finding.status, finding.type) for finding in result.findings] == [(status, kind)] * 2
    assert result.findings[0].missing == ("Account" if kind == "ImportError" else None)


async def test_programs_that_do_not_compile(sandbox: ForkServerSandbox) -> None:
    result = await run(sandbox, module(["pass"]), "def f(:\n    pass\n")
    assert result.findings == ()
    assert result.load_error is not None
    assert (result.load_error.type, result.load_error.line) == ("SyntaxError", 1)


async def test_expected_values_stay_out_of_the_program(sandbox: ForkServerSandbox) -> None:
    """Neither the test's text nor an operand of a comparison is to be found in the program's process."""
    spy = """
import gc, sys
seen = []
class Spy:
    def __eq__(self, other): seen.append(other); return True
    def __lt__(self, other): seen.append(other); return True
    __gt__ = __sub__ = __rsub__ = __contains__ = __lt__
def spy(): return Spy()
def secrets():
    frame, places = sys._getframe(), gc.get_objects()
    while frame:
        places.append(frame.f_locals)
        frame = frame.f_back
    texts = [item for place in places if type(place) in (list, tuple, dict) for item in
             (place.values() if type(place) is dict else place) if type(item) in (str, bytes, bytearray)]
    wanted = str(7) * 6
    return sum((wanted if type(text) is str else wanted.encode()) in text for text in texts), len(seen)
Account = NotEnough = None
"""
    body = (
        "for compare in (self.assertEqual, self.assertGreater, self.assertIn, self.assertAlmostEqual):\n"
        "    for both in ((submission.spy(), 777777), (777777, submission.spy())):\n"
        "        try: compare(*both)\n        except (AssertionError, TypeError): continue\n        self.fail('held')\n"
        "self.assertEqual(submission.secrets(), (0, 0))"
    )
    failing = "import os; self.assertEqual(777777, submission.spy())"
    result = await run(sandbox, module([failing, "submission.os._exit(0)", body]), f"import os\n{spy}")
    assert [finding.status for finding in result.findings] == ["failed", "crashed", "passed"], result


PYTEST = """
import pytest
import submission
from submission import Account, NotEnough, ask
@pytest.fixture
def account(): return Account("Ann")
def test_fixture(account): assert account.balance == 0
def test_wrong(account): assert account.deposit(5).balance == 6
@pytest.mark.parametrize("n", [1, 2])
def test_parameters(account, n): assert account.deposit(n).balance == n
@pytest.mark.parametrize("n", [1, 2, 3])
def test_wrong_parameter(n): assert n * 2 == 4
def test_raises(account):
    with pytest.raises(NotEnough, match="short of 3") as e: account.withdraw(3)
    assert e.value.amount == 3
def test_nothing_raised(account):
    with pytest.raises(ValueError): account.deposit(1)
def test_approx(): assert submission.adder(0.1)(0.2) == pytest.approx(0.3)
def test_liar(): assert submission.liar() == pytest.approx(3)
def test_capsys(account, capsys):
    account.deposit(2)
    assert capsys.readouterr().out == "deposited 2\\n"
def test_input(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda prompt: "5")
    assert ask() == 10
class TestGroup:
    def setup_method(self): self.account = Account("Bo")
    def test_owner(self): assert self.account.owner == "Bo"
@pytest.mark.skip(reason="later")
def test_skipped(): pass
def test_error(account): account.withdraw(9)
def test_dies(): submission.die()
def test_after(account): assert account.owner == "Ann"
"""


async def test_pytest_is_the_real_one(sandbox: ForkServerSandbox) -> None:
    names = list(outline(PYTEST).names)
    result = await run(sandbox, PYTEST, limit=5.0)
    found = dict(zip(names, result.findings, strict=True))
    wrong = {
        "test_wrong": ("failed", "assert 5 == 6"), "test_wrong_parameter": ("failed", "assert (1 * 2) == 4 [1]"),
        "test_nothing_raised": ("failed", "DID NOT RAISE"), "test_skipped": ("skipped", "later"),
        "test_error": ("error", "short of 9"), "test_dies": ("crashed", ""), "test_liar": ("", ""),
    }  # fmt: skip
    for name, finding in found.items():
        status, message = wrong.get(name, ("passed", ""))
        assert finding.status == status or (not status and finding.status in ("failed", "error")), (name, finding)
        assert message in finding.message, (name, finding)


async def test_a_test_module_that_is_wrong_says_so(sandbox: ForkServerSandbox) -> None:
    for extra in ("", "import pytest\n"):
        source = f"import unittest\n{extra}import submission\nclass T(unittest.TestCase):\n    def test_a(self): pass\n1 / 0\n"
        (finding,) = (await run(sandbox, source)).findings
        assert (finding.status, finding.type, finding.raised) == ("not-loaded", "ZeroDivisionError", None)


async def test_a_test_that_is_not_there(sandbox: ForkServerSandbox) -> None:
    suite = Suite(PROGRAM, module(["pass"]), ("T.test_99", "T.test_00"), (1.0, 1.0))
    assert [finding.status for finding in (await sandbox.run_suite(suite)).findings] == ["absent", "passed"]
