"""The gate before a platform: never over its limit, never into a ban, and never unfair."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from math import floor
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.pacing import EXACT, REFUSALS_WITHIN, SPENT, SPENT_URGENT, URGENT, Gate, Pace

TELEGRAM = Pace(per_second=28, per_place=1, per_minute=12)
DISCORD = Pace(per_second=48)
PACES = st.builds(
    Pace, st.sampled_from([0, 0.5, 5, 28, 48, 950]), st.sampled_from([0, 1, 7]), st.integers(0, 12)
)
A_BIT = 1e-3


@dataclass(frozen=True)
class Message:
    number: int
    at: float
    place: str
    urgent: bool


@st.composite
def crowds(draw: st.DrawFn) -> list[Message]:
    """Messages as they come, to few places, in bursts and with rests."""
    rests = st.sampled_from([0.0, 0.0, 0.0, 0.01, 0.9, 30.0]) | st.floats(0, 90)
    come = st.tuples(rests, st.sampled_from("abc"), st.sampled_from([False, False, True]))
    found, at = [], 0.0
    for number, (rest, place, urgent) in enumerate(draw(st.lists(come, max_size=80))):
        at += rest
        found.append(Message(number, at, place, urgent))
    return found


@dataclass
class Sent:
    message: Message
    at: float


def send(gate: Gate, crowd: list[Message], late: float = 0.0) -> list[Sent]:
    """As an outbox does: the first that may go goes; a timer wakes up a little late."""
    sent: list[Sent] = []
    waiting, coming, now = deque[Message](), deque(crowd), 0.0
    while waiting or coming:
        while coming and coming[0].at <= now:
            waiting.append(coming.popleft())
        waits, asked = [], set()
        for message in sorted(waiting, key=lambda m: (not m.urgent, m.number)):
            if message.place in asked and not message.urgent:
                continue  # in order for each place
            asked.add(message.place)
            wait = gate.slot(message.place, now, message.urgent)
            if wait == 0:
                gate.took(message.place, now)
                waiting.remove(message)
                sent.append(Sent(message, now))
                break
            waits.append(wait)
        else:
            waits += [coming[0].at - now] if coming else []
            now += min(waits) + late
    return sent


def most_within(times: list[float], seconds: float) -> int:
    """The fullest window of that length, both of its ends included."""
    most, first = 0, 0
    for last, at in enumerate(times):
        while at - times[first] > seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


@settings(max_examples=60, deadline=None)
@given(PACES, crowds(), st.sampled_from([0.0, 0.002, 0.03]))
def test_no_window_has_more_than_the_limit(pace: Pace, crowd: list[Message], late: float) -> None:
    sent = send(Gate(pace), crowd, late)
    assert Counter(one.message.number for one in sent) == Counter(m.number for m in crowd)
    for seconds in (1, 10, 60):
        made_up = max(0.5, pace.per_second * EXACT)
        allowed = floor(pace.per_second * seconds + made_up + A_BIT) + 1
        assert not pace.per_second or most_within([s.at for s in sent], seconds) <= allowed
    for place in "abc":
        times = [one.at for one in sent if one.message.place == place]
        urgent = any(m.urgent for m in crowd if m.place == place)
        most = int(pace.per_minute * URGENT) if urgent else pace.per_minute
        assert not pace.per_minute or most_within(times, 60 - A_BIT) <= most
        if not urgent and pace.per_place:
            assert most_within(times, pace.per_place - A_BIT) <= 1


@settings(max_examples=60, deadline=None)
@given(PACES, crowds())
def test_order_is_kept_for_each_place(pace: Pace, crowd: list[Message]) -> None:
    sent = send(Gate(pace), crowd)
    for place in "abc":
        for urgent in (False, True):
            those = [
                s.message for s in sent if (s.message.place, s.message.urgent) == (place, urgent)
            ]
            assert [m.number for m in those] == sorted(m.number for m in those)


def test_a_late_timer_does_not_make_it_slow() -> None:
    crowd = [Message(n, 0.0, str(n), False) for n in range(300)]
    for late in (0.0, 0.005, 0.015):
        sent = send(Gate(TELEGRAM), crowd, late)
        assert 300 / 28 * 0.99 < sent[-1].at < 300 / 28 * 1.01


def test_a_timer_that_is_less_exact_than_the_step_does_not_make_it_slow() -> None:
    crowd = [Message(n, 0.0, str(n), False) for n in range(700)]
    sent = [one.at for one in send(Gate(Pace(per_second=950)), crowd, 0.005)]
    assert abs(sent[-1] - 700 / 950) < 0.02
    assert most_within(sent, 1) <= 961


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 0.0, 0.003, 0.03, 0.2, 0.9]), min_size=60, max_size=90),
    st.sampled_from([0.0, 0.002, 0.008]),
)
def test_what_takes_its_time_to_begin_does_not_make_a_crowd_of_requests(
    took: list[float], slow: float
) -> None:
    gate, now, left = Gate(TELEGRAM), 0.0, list[float]()
    for ready in sorted(n / 28 + late for n, late in enumerate(took)):
        now = max(now, ready)
        while wait := gate.leaves(now):
            now += wait + slow
        left.append(now)
        assert now - ready < 1.5
    assert most_within(left, 1 - A_BIT) <= 29


def test_a_rest_is_not_saved_up_for_a_burst() -> None:
    gate = Gate(TELEGRAM)
    gate.took("a", 0.0)
    assert gate.slot("b", 1000.0) == 0
    gate.took("b", 1000.0)
    assert gate.slot("c", 1000.0) > 0.5 / 28 - A_BIT


def test_a_group_has_its_own_minute() -> None:
    gate = Gate(TELEGRAM)
    for n in range(12):
        assert gate.slot("group", n * 2.0) == 0
        gate.took("group", n * 2.0)
    assert gate.slot("group", 24.0) == pytest.approx(36)
    assert gate.slot("other", 24.0) == 0
    assert gate.slot("group", 60.0) == 0


@given(st.lists(st.sampled_from("abcde"), max_size=60), st.floats(0, 100), st.floats(0, 1000))
def test_what_is_urgent_is_not_delayed_by_places_that_are_full(
    used: list[str], now: float, pause: float
) -> None:
    gate = Gate(TELEGRAM)
    for place in used:
        gate.took(place, now)
        now += 1 / 28
        gate.pause_place(place, pause, now)
    assert gate.slot("here", now, urgent=True) == 0
    assert gate.slot("here", now) == 0


def test_what_is_urgent_may_use_a_place_that_others_have_filled() -> None:
    gate = Gate(TELEGRAM)
    for n in range(12):
        gate.took("group", n * 1.0)
    assert gate.slot("group", 11.5) > 40
    for n in range(6):
        assert gate.slot("group", 11.5 + n / 10, urgent=True) == 0
        gate.took("group", 11.5 + n / 10)
    assert gate.slot("group", 12.5, urgent=True) > 40  # but not all that the platform allows
    gate = Gate(TELEGRAM)
    gate.pause_place("group", 30, 0.0)
    assert gate.slot("group", 10.0, urgent=True) == pytest.approx(20)


def test_a_pause_is_obeyed_by_what_already_had_its_slot() -> None:
    gate = Gate(TELEGRAM)
    assert gate.slot("a", 5.0) == 0
    gate.took("a", 5.0)
    assert gate.held("a", 5.0) == 0
    gate.pause(30, 5.1)  # the answer to another request, which came first
    assert gate.held("a", 5.2) == pytest.approx(29.9)
    assert gate.held("a", 5.2, urgent=True) == pytest.approx(29.9)
    gate.pause(1, 5.2)
    assert gate.held("a", 10.0) == pytest.approx(25.1)
    gate.pause_place("b", 60, 10.0)
    assert gate.held("b", 40.0) == pytest.approx(30)
    assert gate.held("a", 40.0) == 0


@settings(max_examples=60, deadline=None)
@given(PACES, crowds(), st.floats(0, 60), st.floats(0.1, 60), st.sampled_from(["", "a"]))
def test_nothing_is_sent_into_a_pause(
    pace: Pace, crowd: list[Message], begins: float, seconds: float, place: str
) -> None:
    gate = Gate(pace)
    if place:
        gate.pause_place(place, begins + seconds, 0.0)
    else:
        gate.pause(begins + seconds, 0.0)
    sent = send(gate, crowd)
    assert len(sent) == len(crowd)
    assert all(
        one.at >= begins + seconds - A_BIT
        for one in sent
        if not place or one.message.place == place
    )


def test_refused_requests_have_a_budget() -> None:
    gate = Gate(DISCORD)
    for n in range(SPENT - 1):
        assert not gate.invalid(float(n))
    assert gate.slot("a", SPENT) == 0
    assert gate.budget(SPENT) == 1
    assert gate.invalid(SPENT)
    assert gate.budget(SPENT) == 0
    assert gate.slot("a", SPENT) == pytest.approx(REFUSALS_WITHIN - SPENT)
    assert gate.held("a", SPENT) == pytest.approx(REFUSALS_WITHIN - SPENT)
    assert gate.slot("a", SPENT, urgent=True) == 0  # somebody may need it
    assert gate.slot("a", REFUSALS_WITHIN + 0.5) == 0
    for _ in range(SPENT_URGENT):
        gate.invalid(1000.0)
    assert gate.slot("a", 1000.0, urgent=True) == pytest.approx(REFUSALS_WITHIN)


@given(st.lists(st.floats(0, 60), max_size=60))
def test_the_budget_is_of_the_last_ten_minutes(rests: list[float]) -> None:
    gate, now, times = Gate(DISCORD), 0.0, []
    for rest in rests:
        now += rest
        gate.invalid(now)
        times.append(now)
    counted = sum(at + REFUSALS_WITHIN > now for at in times)
    assert gate.budget(now) == SPENT - counted


def test_places_that_have_gone_quiet_are_forgotten() -> None:
    gate, now = Gate(TELEGRAM), 0.0
    for n in range(3000):
        gate.took(f"place {n}", now)
        now += 0.001
    gate.pause_place("banned", 10_000, now)
    assert gate.active == 3001
    now += 120
    for n in range(400):
        gate.took("the same", now + n)
    assert gate.active <= 2
    assert gate.held("banned", now + 400) > 9000
    for n in range(70):
        gate.slot(f"asked {n}", now)
    assert gate.active <= 2


def test_a_place_is_not_forgotten_while_its_spacing_lasts() -> None:
    gate = Gate(Pace(per_second=0, per_place=300))
    gate.took("a", 0.0)
    for n in range(20):
        gate.took("b", 61.0 + n)
    assert gate.slot("a", 100.0) == pytest.approx(200)


def test_ten_thousand_groups_cost_no_more_than_ten() -> None:
    """Nothing looks through all of them: 80,000 uses would be minutes if it did."""
    gate, now = Gate(TELEGRAM), 0.0
    began = perf_counter()
    for n in range(80_000):
        gate.slot(f"group {n % 10_000}", now)
        gate.took(f"group {n % 10_000}", now)
        now += 0.002
    assert perf_counter() - began < 10


@pytest.mark.parametrize(
    "wrong", [(-1, 0, 0), (1, -1, 0), (1, 0, -1), (float("nan"), 0, 0), (float("inf"), 0, 0)]
)
def test_a_pace_makes_sense(wrong: tuple[float, float, int]) -> None:
    with pytest.raises(ValueError, match="pace"):
        Pace(*wrong)


def test_without_a_limit_there_is_no_wait() -> None:
    gate = Gate(Pace(0))
    for _ in range(100):
        assert gate.slot("a", 1.0) == 0
        gate.took("a", 1.0)
    assert gate.active == 0
