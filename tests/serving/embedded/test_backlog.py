from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.errors import ModelError
from gradatim.serving.embedded import backlog as backlog_module
from gradatim.serving.embedded.backlog import FOLLOW_UPS, OVERTAKEN_AT_MOST, Backlog, Job, common_prefix


def job(*contents: str) -> Job:
    return Job({"messages": [{"role": "user", "content": content} for content in contents]}, 1.0, lambda _: None)


def contents(asked: Job) -> list[str]:
    return [message["content"] for message in asked.payload["messages"]]


def taken(backlog: Backlog) -> Job:
    found = backlog.take()
    assert found is not None
    return found


@given(st.text(alphabet="ab", max_size=12), st.text(alphabet="ab", max_size=12))
def test_common_prefix(one: str, other: str) -> None:
    length = common_prefix(one, other)
    assert one[:length] == other[:length]
    assert one[length : length + 1] != other[length : length + 1] or length == len(one) == len(other)


def test_what_continues_a_read_prompt_goes_first() -> None:
    backlog = Backlog()
    backlog.put(job("system", "case of Ada", "write"))
    taken(backlog)
    of_ben, of_ada = job("system", "case of Ben", "write"), job("system", "case of Ada", "look again")
    backlog.put(of_ben)
    backlog.put(of_ada)
    assert taken(backlog) is of_ada
    assert taken(backlog) is of_ben


def test_it_need_not_be_the_last_prompt() -> None:
    backlog = Backlog()
    for name in ("Ada", "Ben"):
        backlog.put(job("system", f"case of {name} and her long program", "write"))
        taken(backlog)
    backlog.put(job("system", "case of Cy", "write"))
    backlog.put(again := job("system", "case of Ada and her long program", "look again"))
    assert taken(backlog) is again


def test_equals_go_in_their_order() -> None:
    backlog = Backlog()
    jobs = [job(letter) for letter in "abc"]
    for item in jobs:
        backlog.put(item)
    assert [taken(backlog) for _ in jobs] == jobs


@given(st.lists(st.sampled_from(["put known", "put next", "put new", "take"]), max_size=80))
def test_nobody_is_overtaken_without_end(steps: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backlog_module, "FOLLOW_SECONDS", 0.0)
        backlog = Backlog()
        backlog.put(job("known", "to the model"))
        last = taken(backlog)
        waiting: list[Job] = []
        passed: dict[int, int] = {}
        for number, step in enumerate(steps):
            if step != "take":
                new = {"put known": ["known", "question"], "put next": [*contents(last), "!"]}
                waiting.append(job(*new.get(step, [f"{number} new", "question"])))
                backlog.put(waiting[-1])
            elif waiting:
                last = taken(backlog)
                place = waiting.index(last)
                for earlier in waiting[:place]:
                    passed[id(earlier)] = passed.get(id(earlier), 0) + 1
                del waiting[place]
        # of the oldest ones, one goes after each row of follow-ups
        assert max(passed.values(), default=0) <= (len(steps) // 2 + OVERTAKEN_AT_MOST + 1) * FOLLOW_UPS


def test_whoever_keeps_asking_does_not_keep_others_out() -> None:
    backlog = Backlog()
    backlog.put(job("a long case", "question 0"))
    last = taken(backlog)
    backlog.put(other := job("something else"))
    served = 0
    while last is not other:
        backlog.put(job(*contents(last), "!"))
        last = taken(backlog)
        served += 1
    assert served == FOLLOW_UPS + 1


def test_the_next_question_of_a_case_has_a_moment_to_come() -> None:
    backlog = Backlog()
    backlog.put(job("instructions " * 20, "case of Ada " * 20, "write"))
    taken(backlog)
    backlog.put(job("instructions " * 20, "case of Ben " * 20, "write"))
    follow = job("instructions " * 20, "case of Ada " * 20, "look again")
    later = threading.Timer(0.05, backlog.put, [follow])
    later.start()
    assert taken(backlog) is follow
    started = time.monotonic()
    assert taken(backlog) is not follow
    assert time.monotonic() - started < 5  # and is not waited for when it does not come


def test_given_up_requests_are_left_out() -> None:
    backlog = Backlog()
    backlog.put(first := job("a"))
    backlog.put(second := job("b"))
    first.stop()
    assert taken(backlog) is second


def test_closing_wakes_the_worker_and_fails_what_waits() -> None:
    backlog = Backlog()
    ended: list[Job | None] = []
    thread = threading.Thread(target=lambda: ended.append(backlog.take()))
    thread.start()
    time.sleep(0.02)
    backlog.close()
    thread.join(5)
    assert ended == [None]
    backlog.put(late := job("late"))
    with pytest.raises(ModelError, match="closed"):
        late.done.result(0)
