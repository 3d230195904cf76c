"""What requests took and cost."""

from __future__ import annotations

import asyncio

import pytest

from gradatim.domain import Usage
from gradatim.errors import ModelError
from gradatim.serving.client import Ledger, Prices, open_client, open_transport
from gradatim.serving.client.accounting import Accounted
from gradatim.serving.scripted import ScriptedTransport
from gradatim.serving.transport import calling, current_call
from gradatim.settings import Settings
from tests.serving.client.server import Server, down, question, running
from tests.serving.client.test_http import streamed


def test_prices() -> None:
    usage = Usage(input_tokens=1_000_000, cached_tokens=400_000, output_tokens=200_000)
    assert Prices(2.0, 6.0).cost(usage) == pytest.approx(2.0 + 1.2)
    assert Prices(2.0, 6.0, cached=0.5).cost(usage) == pytest.approx(1.2 + 0.2 + 1.2)


async def test_accounts_by_tenant_and_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradatim.serving.client.retry.PAUSE_SECONDS", 0.001)
    monkeypatch.setattr("gradatim.serving.client.breaker.FEWEST", 100)
    server = Server(script=[down])
    with running(server):
        client = open_transport([server.address], Settings(tenant="school", price_input=1.0, price_output=10.0))
        await client.complete(question(n=3))
        with calling(tenant="cs101"):
            assert await streamed(client, question(model="other"))
        server.script = [down, down, down]
        with pytest.raises(ModelError):
            await client.complete(question())
        await client.aclose()
    accounts = client.ledger.snapshot()
    assert set(accounts) == {("school", "m"), ("cs101", "other")}
    mine, other = accounts["school", "m"], accounts["cs101", "other"]
    assert (mine.usage.input_tokens, mine.usage.output_tokens, mine.usage.cached_tokens) == (10, 18, 4)
    assert (mine.usage.requests, mine.usage.samples) == (1, 3)
    assert mine.usage.seconds > 0
    assert (mine.attempts, mine.failed_attempts, mine.retries, mine.failures) == (5, 4, 3, 1)
    assert mine.cost == pytest.approx((10 + 180) / 1e6)
    assert (other.usage.output_tokens, other.attempts, other.failures) == (6, 1, 0)
    total = client.ledger.total()
    assert total.cost == pytest.approx((mine.cost or 0) + (other.cost or 0))
    assert total.usage.requests == 2


async def test_ledgers_are_shared_by_threads() -> None:
    ledger = Ledger()

    async def many() -> None:
        transport = Accounted(ScriptedTransport(lambda _: "two words"), ledger)
        await asyncio.gather(*(transport.complete(question()) for _ in range(200)))

    await asyncio.gather(*(asyncio.to_thread(lambda: asyncio.run(many())) for _ in range(4)))
    assert ledger.total().usage.output_tokens == 1600


async def test_models_in_this_process_have_accounts_too() -> None:
    client = open_client(ScriptedTransport(["Hello you", ModelError("down")]), Settings(tenant="t"))
    await client.complete(question())
    with pytest.raises(ModelError):
        await client.complete(question())
    assert client.ledger.total().usage.output_tokens == 2
    assert client.ledger.total().failures == 1


def test_calls_nest_and_the_earlier_deadline_holds() -> None:
    assert current_call().deadline is None
    with calling(tenant="a", seconds=10) as outer, calling(seconds=20) as inner:
        assert (inner.tenant, inner.deadline) == ("a", outer.deadline)
        with calling(tenant="b", seconds=1) as innermost:
            assert innermost.tenant == "b"
            assert innermost.remaining is not None
            assert innermost.remaining <= 1
    assert current_call().tenant == "default"
