"""`gradatim learner watch`: where it is time for a formative assessment, and why."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from gradatim.app.commands.learner.asking import known, named, with_memory
from gradatim.app.console import emit, out, plural, printable, say, shorten
from gradatim.app.options import data_dir_option, json_option, language_option
from gradatim.errors import InputError
from gradatim.languages import say as phrase
from gradatim.languages import speaking
from gradatim.memory import LearnerMemory, parameters_of
from gradatim.settings import Settings, load_settings

if TYPE_CHECKING:
    from gradatim.memory.formative import FormativePolicy, FormativeRequest, SignalReason, Watch


class _Wanted(NamedTuple):
    """What is shown."""

    since: int | None
    only_open: bool
    as_json: bool

    def __call__(self, request: FormativeRequest) -> bool:
        from gradatim.memory.inputs import microseconds

        late = self.since is None or microseconds(request.at) >= self.since
        return late and (request.status == "open" or not self.only_open)


@click.command()
@click.argument("learner_ids", metavar="[ID]...", nargs=-1)
@click.option("--since", metavar="INSTANT", help="Only what fired then or later, ISO 8601.")
@click.option("--open", "only_open", is_flag=True, help="Only what nobody has taken up yet and has not lapsed.")
@click.option("--take", "taken", metavar="REQUEST", help="Note that the assessment that this request asks for begins.")
@click.option("--follow", is_flag=True, help="Go on and tell what fires, until interrupted.")
@click.option(
    "--every",
    type=click.FloatRange(0.05, 3600),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="How often --follow looks.",
)
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Weights, thresholds and budget (YAML); the packaged ones when not given. See docs/formative.md.",
)
@language_option
@data_dir_option
@json_option
def watch(
    learner_ids: tuple[str, ...],
    since: str | None,
    only_open: bool,
    taken: str | None,
    follow: bool,
    every: float,
    policy_file: Path | None,
    language: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Tell where it is time for a formative assessment of the learners ID, or of all learners, and why.

    A request fires when the evidence about a learner has moved by more than the policy's threshold; each reason names
    the events that moved it. Learners who do not agree to personalisation are passed over. With --follow and --json,
    one line of JSON a request.

    Exit codes: 0 told; 2 the policy, an instant or a request cannot be used, or nothing is remembered about a learner.
    """
    from gradatim.memory.formative import Watch, load_policy
    from gradatim.memory.inputs import microseconds

    if follow and taken is not None:
        raise click.UsageError("--take goes without --follow", click.get_current_context())
    settings = load_settings(data_dir=data_dir, language=language)
    policy = load_policy(policy_file)
    wanted = _Wanted(None if since is None else microseconds(since), only_open, as_json)
    learners = [named(learner_id, data_dir) for learner_id in learner_ids] or None

    async def run(memory: LearnerMemory) -> None:
        looking = Watch(memory, policy, parameters_of(settings), settings.assumed_consent, learners)
        names = await _names(settings)
        if not follow:  # of whom nothing is known yet can be waited for
            for learner in learners or ():
                await known(memory, learner)
        if taken is not None:
            await _take(memory, settings, looking, taken, as_json)
        elif follow:
            await _follow(looking, wanted, names, every)
        else:
            _show(await looking.poll(_now()), looking.without_consent, policy, wanted, names)

    with speaking(settings.language):
        with_memory(data_dir, run)


async def _take(memory: LearnerMemory, settings: Settings, looking: Watch, wanted: str, as_json: bool) -> None:
    """Note that a request is taken up; done again, nothing happens."""
    from gradatim.memory.formative import taken_up
    from gradatim.memory.rights.guard import guarded

    request = next((item for item in await looking.poll(_now()) if item.id == wanted), None)
    if request is None:
        raise InputError(
            "there is no such request", place=f"request {wanted!r}", remedy="`gradatim learner watch` lists them"
        )
    if request.status != "taken":
        await guarded(memory, settings.assumed_consent).record(taken_up(request, _now()))
    done = request.model_copy(update={"status": "taken"})
    if as_json:
        emit(done.plain())
    else:
        out(f"{request.id} of {printable(request.learner_id)}: taken up")


async def _follow(looking: Watch, wanted: _Wanted, names: _Names, every: float) -> None:
    """Tell what fires as events come in; without --since, only from now on."""
    first = await looking.poll(_now())
    if wanted.since is not None:
        _tell(first, wanted, names)
    if looking.without_consent:
        say(f"passed over: {plural(looking.without_consent, 'learner')} who did not agree to personalisation")
    say("watching; Ctrl-C ends it")
    async with _ending() as end:
        while not end.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(end.wait(), every)
                break
            _tell(await looking.poll(_now()), wanted, names)


@asynccontextmanager
async def _ending() -> AsyncGenerator[asyncio.Event]:
    """Set when the process is interrupted or told to end."""
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end.set)
    try:
        yield end
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _tell(requests: Sequence[FormativeRequest], wanted: _Wanted, names: _Names) -> None:
    for request in requests:
        if wanted(request):
            if wanted.as_json:
                emit(request.plain())
            else:
                out(_text(request, names) + "\n")


def _show(
    requests: Sequence[FormativeRequest], passed_over: int, policy: FormativePolicy, wanted: _Wanted, names: _Names
) -> None:
    shown = [request for request in requests if wanted(request)]
    if wanted.as_json:
        found: dict[str, Any] = {"requests": [request.plain() for request in shown]}
        emit({**found, "without_consent": passed_over, "policy": policy.version})
        return
    out("\n\n".join(_text(request, names) for request in shown) if shown else "nothing has fired")
    if passed_over:
        out(f"\npassed over: {plural(passed_over, 'learner')} who did not agree to personalisation")


class _Names(NamedTuple):
    """What people call concepts and misconceptions."""

    concepts: dict[str, str]
    misconceptions: dict[str, str]

    def of(self, reason: SignalReason) -> str | None:
        """The subject of a reason."""
        return (self.concepts if reason.signal == "mastery" else self.misconceptions).get(reason.subject or "")


async def _names(settings: Settings) -> _Names:
    from gradatim.kg import opened_graph
    from gradatim.kg.labels import concept_name, misconception_name

    async with opened_graph(settings) as store:
        graph = await store.snapshot()
    # as they are called in the language that is spoken
    concepts = {item.id: concept_name(item) for item in graph.concepts}
    return _Names(concepts, {item.id: misconception_name(item) for item in graph.misconceptions})


def _text(request: FormativeRequest, names: _Names) -> str:
    from gradatim.memory.formative import reason_text

    status = phrase(f"formative.status.{request.status}")
    lines = [f"{request.at}  {printable(request.learner_id)}  {request.id}  {status}"]
    about = phrase("formative.join").join(
        printable(names.concepts.get(concept, concept)) for concept in request.concepts
    )
    lines.append("  " + (phrase("formative.headline", concepts=about) if about else phrase("formative.headline_plain")))
    moved = phrase("formative.score", score=f"{request.score:.2f}", threshold=f"{request.threshold:.2f}")
    lines.append("  " + moved)
    for reason in request.reasons:
        text = shorten(reason_text(reason, names.of(reason)), 110)
        lines.append(f"    +{reason.contribution:.2f}  {text}  [{printable(', '.join(reason.events))}]")
    return "\n".join(lines)


def _now() -> str:
    return datetime.now(UTC).isoformat()
