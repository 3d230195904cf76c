"""Several endpoints with the same model, as one."""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from gradatim.errors import ModelError
from gradatim.serving.client.breaker import Circuit, Permit
from gradatim.serving.client.dialect import Dialect
from gradatim.serving.client.observer import Observer
from gradatim.serving.client.resume import Filter, Said, everything, resume
from gradatim.serving.transport import (
    Chunk,
    Completion,
    Overloaded,
    Payload,
    RequestRefused,
    Transport,
    TransportError,
    current_call,
)

RESUMPTIONS = 3
"""Times a stream is taken up again at most."""
LONGEST_REST = 30.0
"""Seconds an endpoint is left alone that asks for it, at most."""
SLACK = 1.25
"""Load over the average up to which a request goes where its prompt was read before."""


@dataclass(slots=True, eq=False)
class Member:
    """One endpoint of a pool, and how it is."""

    transport: Transport
    circuit: Circuit
    outstanding: int = 0
    """Requests under way."""
    rests_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, change: int) -> None:
        """Note that requests have begun or ended, in whatever thread."""
        with self.lock:
            self.outstanding += change

    def waits(self) -> float:
        """Seconds until it takes a request."""
        return max(self.circuit.waits, self.rests_until - time.monotonic(), 0.0)


@dataclass(slots=True)
class Route:
    """Where one request has been."""

    tried: list[Member] = field(default_factory=list[Member])


class Pool:
    """Sends each request to a healthy endpoint that has little to do, and to another when that one fails.

    Requests whose prompts begin alike go to the same endpoint as long as it has hardly more to do than the others:
    it has read that beginning before. Otherwise the less busy of two endpoints drawn at random is taken. An
    endpoint whose circuit is open gets nothing; before its next request it is asked for its health.

    A whole answer is asked for once at each endpoint at most. A stream that breaks off goes on elsewhere: from its
    start as long as nothing was handed out; afterwards as `resume` tells.

    Args:
        transports: The endpoints; one is enough.
        observer: Told of attempts, of changes of endpoint and of circuits.
    """

    def __init__(self, transports: Sequence[Transport], *, observer: Observer | None = None) -> None:
        if not transports:
            raise ValueError("a pool needs an endpoint")
        self._observer = observer or Observer()
        self.members = tuple(
            Member(transport, Circuit(changed=partial(self._observer.on_circuit, transport.endpoint)))
            for transport in transports
        )

    @property
    def endpoint(self) -> str:
        return ",".join(member.transport.endpoint for member in self.members)

    async def complete(self, payload: Payload, route: Route | None = None) -> Completion:
        """The answer of one of the endpoints.

        Args:
            route: Endpoints that another attempt at the same request has tried already, which are avoided.
        """
        route = route or Route()
        member, permit = await self._pick(payload, route)
        while True:
            attempt = _Attempt(self._observer, member, permit, payload)
            try:
                answer = await member.transport.complete(payload)
            except BaseException as error:
                attempt.end(error)
                if not isinstance(error, TransportError) or not error.retryable or current_call().over:
                    raise
                following = await self._other(payload, route)
                if following is None:
                    raise
                self._observer.on_retry(current_call().tenant, str(payload.get("model")), 0.0, error)
                member, permit = following
            else:
                attempt.end(None)
                return answer

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        route, said = Route(), Said()
        member, permit = await self._pick(payload, route)
        request, kept = payload, cast("Filter", everything)
        resumed = 0
        while True:
            attempt = _Attempt(self._observer, member, permit, payload)
            try:
                async with aclosing(member.transport.stream(request)) as chunks:
                    async for chunk in chunks:
                        new = kept(chunk)
                        if new is not None:
                            said.take(new)
                            yield new
                attempt.end(None)
                return
            except BaseException as error:
                attempt.end(error)
                if not isinstance(error, TransportError) or not error.retryable or current_call().over:
                    raise
                if said.finished:  # only what follows the text is missing
                    return
                following = await self._other(payload, route, again=bool(said.pieces))
                resumed += 1
                if following is None or resumed > RESUMPTIONS:
                    if following is not None:
                        following[1].release()
                    raise
                member, permit = following
                try:
                    plan = resume(payload, said, await _dialect(member), self.endpoint)
                except BaseException:
                    permit.release()
                    raise
                if plan is None:
                    permit.release()
                    raise
                self._observer.on_retry(current_call().tenant, str(payload.get("model")), 0.0, error)
                request, kept = plan

    def others(self, route: Route) -> bool:
        """Whether there is an endpoint that a request has not been to and that would take it now."""
        return any(member not in route.tried and member.waits() == 0 for member in self.members)

    async def healthy(self) -> dict[str, bool]:
        """Which endpoints say that they are well."""
        return {member.transport.endpoint: await _well(member) for member in self.members}

    async def aclose(self) -> None:
        """Hang up what is idle in this event loop."""
        for member in self.members:
            close = getattr(member.transport, "aclose", None)
            if close is not None:
                await close()

    async def _pick(self, payload: Payload, route: Route) -> tuple[Member, Permit]:
        """An endpoint for a request.

        Raises:
            Overloaded: All are put aside.
        """
        found = await self._other(payload, route) or await self._other(payload, Route())
        if found is not None:
            route.tried.append(found[0])
            return found
        waits = min(member.waits() for member in self.members)
        raise Overloaded(
            "no endpoint takes requests now: all failed too often, or asked to be left alone",
            place=self.endpoint,
            remedy="see the endpoints' logs",
            retry_after=max(waits, 0.1),
        )

    async def _other(self, payload: Payload, route: Route, *, again: bool = False) -> tuple[Member, Permit] | None:
        """An endpoint that a request has not been to; with `again`, one that it has, where there is no other."""
        left = [member for member in self.members if member not in route.tried]
        if not left and again:
            left = list(self.members)
        while left:
            member = self._choose(left, payload)
            left.remove(member)
            if member.rests_until > time.monotonic():
                continue
            permit = member.circuit.ask()
            if permit is None:
                continue
            if permit.probe:
                try:
                    well = await _well(member)
                except BaseException:
                    permit.release()
                    raise
                if not well:
                    permit.fail()
                    continue
            route.tried.append(member)
            return member, permit
        return None

    def _choose(self, members: list[Member], payload: Payload) -> Member:
        if len(members) == 1:
            return members[0]
        returning = [member for member in members if member.circuit.state != "closed" and member.waits() == 0]
        if returning:  # somebody has to find out
            return random.choice(returning)
        able = [member for member in members if member.waits() == 0] or members
        beginning = _beginning(payload)
        home = max(able, key=lambda member: _rank(member.transport.endpoint, beginning))
        average = sum(member.outstanding for member in able) / len(able)
        if home.outstanding <= SLACK * average + 1:
            return home
        return min(random.sample(able, min(2, len(able))), key=lambda member: member.outstanding)


class _Attempt:
    """One request at one endpoint, from its start to its end."""

    def __init__(self, observer: Observer, member: Member, permit: Permit, payload: Payload) -> None:
        self._observer = observer
        self._member = member
        self._permit = permit
        self._model = str(payload.get("model"))
        self._started = time.monotonic()
        member.count(1)

    def end(self, error: BaseException | None) -> None:
        """Draw the conclusions for the endpoint."""
        member = self._member
        member.count(-1)
        if error is not None and not isinstance(error, ModelError):
            self._permit.release()  # cancelled, or left
            return
        self._observer.on_attempt(
            member.transport.endpoint,
            current_call().tenant,
            self._model,
            time.monotonic() - self._started,
            error,
        )
        if isinstance(error, RequestRefused) and error.status < 500:
            self._permit.succeed()
            if error.status == 429 and error.retry_after:
                member.rests_until = time.monotonic() + min(error.retry_after, LONGEST_REST)
        elif isinstance(error, TransportError) and error.retryable:
            self._permit.fail()
        elif error is None:
            self._permit.succeed()
        else:
            self._permit.release()


async def _well(member: Member) -> bool:
    healthy = getattr(member.transport, "healthy", None)
    return True if healthy is None else bool(await healthy())


async def _dialect(member: Member) -> Dialect | None:
    ask = getattr(member.transport, "dialect", None)
    if ask is None:
        return None
    try:
        return cast("Dialect", await ask())
    except ModelError:  # the request itself will tell
        return None


def _beginning(payload: Payload) -> bytes:
    """What requests have in common that share a prompt's beginning: the first message, and the second's start."""
    messages = cast("list[dict[str, Any]]", payload.get("messages") or [])
    shared = [str(message.get("content"))[:512] for message in messages[:2]]
    return json.dumps([payload.get("model"), *shared]).encode()


def _rank(endpoint: str, beginning: bytes) -> bytes:
    """Rendezvous hashing: each beginning orders the endpoints in its own way, whoever is among them."""
    return hashlib.blake2b(beginning, key=hashlib.sha256(endpoint.encode()).digest(), digest_size=8).digest()
