"""The circuit's states, whatever the order of outcomes."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gradatim.serving.client.breaker import FEWEST, FIRST_PAUSE, LONGEST_PAUSE, Circuit, Permit


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock, states: list[str]) -> Circuit:
    circuit = Circuit(clock=clock, changed=states.append, spread=lambda: 1.0)
    for _ in range(FEWEST):
        permit = circuit.ask()
        assert permit is not None
        permit.fail()
    return circuit


def test_it_opens_asks_once_and_closes() -> None:
    clock, states = Clock(), list[str]()
    circuit = opened(clock, states)
    assert circuit.ask() is None
    assert circuit.waits == FIRST_PAUSE
    clock.now += FIRST_PAUSE
    probe = circuit.ask()
    assert probe is not None
    assert probe.probe
    assert circuit.ask() is None  # one at a time
    probe.succeed()
    assert states == ["open", "half-open", "closed"]
    assert circuit.ask() is not None


def test_failed_probes_double_the_pause() -> None:
    clock, states = Clock(), list[str]()
    circuit = opened(clock, states)
    pauses: list[float] = []
    for _ in range(8):
        clock.now += circuit.waits
        probe = circuit.ask()
        assert probe is not None
        probe.fail()
        pauses.append(circuit.waits)
    assert [round(pause, 6) for pause in pauses[:3]] == [2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE]
    assert round(pauses[-1], 6) == LONGEST_PAUSE


def test_what_began_before_does_not_count() -> None:
    clock = Clock()
    circuit = Circuit(clock=clock, spread=lambda: 1.0)
    early = [circuit.ask() for _ in range(20)]
    for permit in early[:FEWEST]:
        assert permit is not None
        permit.fail()
    clock.now += FIRST_PAUSE
    probe = circuit.ask()
    for permit in early[FEWEST:]:
        assert permit is not None
        permit.fail()
    assert circuit.state == "half-open"
    assert probe is not None
    probe.succeed()
    assert circuit.state == "closed"


def test_a_cancelled_probe_leaves_room_for_another() -> None:
    clock = Clock()
    circuit = opened(clock, [])
    clock.now += FIRST_PAUSE
    probe = circuit.ask()
    assert probe is not None
    probe.release()
    probe.succeed()  # only the first word counts
    assert circuit.state == "half-open"
    assert circuit.ask() is not None


def test_a_few_failures_among_many_do_not_open_it() -> None:
    circuit = Circuit(clock=Clock())
    for number in range(500):
        permit = circuit.ask()
        assert permit is not None
        permit.fail() if number % 3 == 0 else permit.succeed()
    assert circuit.state == "closed"


class Machine(RuleBasedStateMachine):
    """Requests begin, end and are cancelled in any order while time goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.states: list[str] = ["closed"]
        self.circuit = Circuit(clock=self.clock, changed=self.states.append, spread=lambda: 1.0)
        self.open: list[Permit] = []

    @rule()
    def ask(self) -> None:
        before, waits = self.circuit.state, self.circuit.waits
        permit = self.circuit.ask()
        if before == "closed":
            assert permit is not None
            assert not permit.probe
        if waits > 0:
            assert permit is None
        if permit is not None:
            self.open.append(permit)

    @precondition(lambda self: self.open)
    @rule(which=st.integers(0, 50), how=st.sampled_from(["succeed", "fail", "fail", "release"]))
    def end(self, which: int, how: str) -> None:
        permit = self.open.pop(which % len(self.open))
        getattr(permit, how)()

    @rule(seconds=st.floats(0, 40))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @invariant()
    def states_follow_each_other(self) -> None:
        allowed = {("closed", "open"), ("open", "half-open"), ("half-open", "open"), ("half-open", "closed")}
        assert set(zip(self.states, self.states[1:], strict=False)) <= allowed
        assert self.states[-1] == self.circuit.state

    @invariant()
    def one_probe_at_most(self) -> None:
        if self.circuit.state == "half-open":
            current = [permit for permit in self.open if permit.probe and permit._period == self.circuit._period]
            assert len(current) <= 1

    @invariant()
    def it_always_comes_back(self) -> None:
        assert 0 <= self.circuit.waits <= LONGEST_PAUSE


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
