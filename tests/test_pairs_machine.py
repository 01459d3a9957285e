"""What may become of an agreement, whatever anybody does in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cogs.pairs import agreement as machine
from cogs.pairs.plans import GRACE, hours, slot
from storage.agreements import Agreement, Kind
from storage.parts import FOR_NOW, Shows, Terms
from tests.room import MORNING

PEOPLE = ("ana", "bo", "cy", "dee", "eve", "fay")
DAILY = Terms(tuple(range(7)), "20:00", Shows.MOOD)
WEEKENDS = Terms((5, 6), "09:00", Shows.ANSWERED)
TERMS = st.builds(
    Terms,
    st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days))),
    st.sampled_from(["07:30", "20:00"]),
    st.sampled_from(Shows),
    st.booleans(),
    st.booleans(),
)
WHO = st.sampled_from(PEOPLE)
SUNDAY = MORNING.date()


def pair(**how: Terms) -> Agreement:
    offered = machine.propose(
        "ref", Kind.PAIR, "ana", how.get("ana", DAILY), how.get("bo", DAILY), MORNING
    )
    return machine.accept(machine.ask(offered, "bo", MORNING), "bo", MORNING)


def more(new: Terms, had: Terms) -> bool:
    grows = len(new.days) > len(had.days) or new.shows > had.shows
    return grows or (new.tells and not had.tells)


def less(new: Terms, had: Terms) -> Terms:
    """What of new terms is theirs alone to decide."""
    kept = tuple(sorted({*new.days} & {*had.days}))
    days = new.days if len(new.days) <= len(had.days) else kept
    return Terms(days, new.hour, min(new.shows, had.shows), new.calls, new.tells and had.tells)


class Life(RuleBasedStateMachine):
    """Beside the agreement a record is kept of who said yes to what with their own mouth."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MORNING
        self.agreement: Agreement | None = machine.propose(
            "ref", Kind.CIRCLE, "ana", DAILY, WEEKENDS, MORNING
        )
        self.granted = {"ana": DAILY}
        self.wanted: dict[str, Terms] = {}
        self.yes: dict[str, set[str]] = {}
        self.resting: dict[str, object] = {}

    def alive(self) -> bool:
        return self.agreement is not None

    def becomes(self, after: Agreement | None) -> None:
        assert self.agreement
        self.agreement = after
        members = {p.person for p in after.parts if p.agreed} if after else set()
        for person in [*self.wanted]:
            if after and members - {person} <= self.yes[person]:
                self.granted[person] = self.wanted.pop(person)
        for person in {*self.granted} - members - {*self.wanted}:
            del self.granted[person]

    @precondition(alive)
    @rule(who=WHO)
    def looks_at_a_proposal(self, who: str) -> None:
        assert self.agreement
        self.becomes(machine.ask(self.agreement, who, MORNING))

    @precondition(alive)
    @rule(who=WHO)
    def accepts(self, who: str) -> None:
        assert self.agreement
        after = machine.accept(self.agreement, who, self.now)
        if after != self.agreement:
            self.wanted[who], self.yes[who] = WEEKENDS, {"ana"}
        self.becomes(after)

    @precondition(alive)
    @rule(who=WHO, terms=TERMS)
    def wants_other_terms(self, who: str, terms: Terms) -> None:
        assert self.agreement
        after = machine.settle(self.agreement, who, terms, self.now)
        if after != self.agreement:
            self.wanted.pop(who, None)
            had = self.granted[who]
            if more(terms, had):
                self.wanted[who], self.yes[who] = terms, set()
            self.granted[who] = less(terms, had)
        self.becomes(after)

    @precondition(alive)
    @rule(who=WHO, whose=WHO)
    def says_yes(self, who: str, whose: str) -> None:
        assert self.agreement
        if whose in self.wanted and who in self.granted:
            self.yes[whose].add(who)
        self.becomes(machine.say_yes(self.agreement, who, whose, self.now))

    @precondition(alive)
    @rule(who=WHO, whose=WHO)
    def says_no(self, who: str, whose: str) -> None:
        assert self.agreement
        after = machine.say_no(self.agreement, who, whose)
        if after != self.agreement:
            self.wanted.pop(whose, None)
        self.becomes(after)

    @precondition(alive)
    @rule(who=WHO)
    def takes_a_wish_back(self, who: str) -> None:
        assert self.agreement
        self.wanted.pop(who, None)
        self.becomes(machine.take_back(self.agreement, who))

    @precondition(alive)
    @rule(who=WHO, week=st.booleans())
    def pauses(self, who: str, week: bool) -> None:
        assert self.agreement
        until = self.now + machine.WEEK if week else FOR_NOW
        if who in self.granted:
            self.resting[who] = until
        self.becomes(machine.pause(self.agreement, who, until))

    @precondition(alive)
    @rule(who=WHO)
    def goes_on_after_a_pause(self, who: str) -> None:
        assert self.agreement
        self.resting.pop(who, None)
        self.becomes(machine.resume(self.agreement, who))

    @precondition(alive)
    @rule(who=WHO)
    def leaves(self, who: str) -> None:
        assert self.agreement
        after = machine.leave(self.agreement, who, self.now)
        if who in self.agreement.belongs_to:
            self.wanted.pop(who, None)
            self.granted.pop(who, None)
            self.resting.pop(who, None)
        self.becomes(after)

    @rule(days=st.integers(1, 40))
    def time_goes_by(self, days: int) -> None:
        self.now += timedelta(days=days)
        if self.agreement:
            self.becomes(machine.review(self.agreement, self.now))

    @invariant()
    def nobody_is_asked_without_two_live_consents(self) -> None:
        if self.agreement is None:
            return
        up = {p for p in self.granted if p not in self.resting or not self.resting[p] > self.now}  # type: ignore[operator]
        day = self.now.date()
        for person in PEOPLE:
            wants = person in up and day.weekday() in self.granted[person].days
            asked = machine.may_ping(self.agreement, person, day, self.now)
            assert asked == (wants and len(self.granted) > 1)

    @invariant()
    def nothing_is_shown_or_sent_that_not_all_agreed_to(self) -> None:
        if self.agreement is None:
            return
        for part in self.agreement.parts:
            if part.agreed:
                assert not more(part.terms, self.granted[part.person])

    @invariant()
    def there_is_room_for_five_and_none_is_left_alone(self) -> None:
        if self.agreement:
            assert sum(p.agreed or p.wish is not None for p in self.agreement.parts) <= 5
            assert any(p.agreed for p in self.agreement.parts)


Life.TestCase.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None, derandomize=True
)
TestLife = Life.TestCase


def test_a_third_person_can_do_nothing() -> None:
    one = pair()
    assert machine.ask(one, "cy", MORNING) == one
    assert machine.accept(one, "cy", MORNING) == one
    assert machine.settle(one, "cy", DAILY, MORNING) == one
    assert machine.pause(one, "cy") == machine.resume(one, "cy") == one
    assert machine.mute(one, "cy", True) == machine.go_on(one, "cy") == one
    assert machine.leave(one, "cy", MORNING) == one
    wished = machine.settle(one, "bo", replace(DAILY, shows=Shows.ALL), MORNING)
    assert machine.say_yes(wished, "cy", "bo", MORNING) == wished
    assert machine.say_no(wished, "cy", "bo") == wished
    assert not machine.may_ping(one, "cy", SUNDAY, MORNING)


def test_who_was_only_asked_is_not_asked_how_today_is() -> None:
    one = machine.ask(
        machine.propose("ref", Kind.PAIR, "ana", DAILY, DAILY, MORNING), "bo", MORNING
    )
    assert not machine.may_ping(one, "ana", SUNDAY, MORNING)
    assert not machine.may_ping(one, "bo", SUNDAY, MORNING)


def test_an_own_hour_can_be_named_with_the_yes() -> None:
    one = machine.ask(
        machine.propose("ref", Kind.PAIR, "ana", DAILY, WEEKENDS, MORNING), "bo", MORNING
    )
    one = machine.accept(one, "bo", MORNING, "06:45")
    assert one.part("bo").terms == replace(WEEKENDS, hour="06:45")
    assert one.live


def test_less_holds_at_once_and_more_when_the_other_says_yes() -> None:
    one = machine.settle(pair(), "bo", WEEKENDS, MORNING)
    assert one.part("bo").terms == WEEKENDS
    one = machine.settle(one, "bo", replace(DAILY, hour="10:00"), MORNING)
    assert one.part("bo").terms == replace(WEEKENDS, hour="10:00")
    one = machine.say_yes(one, "ana", "bo", MORNING)
    assert one.part("bo").terms == replace(DAILY, hour="10:00")
    assert one.part("bo").wish is None


def test_a_no_to_a_wish_leaves_everything_as_it_was() -> None:
    one = pair(bo=WEEKENDS)
    assert machine.say_no(machine.settle(one, "bo", DAILY, MORNING), "ana", "bo") != one
    one = machine.settle(one, "bo", replace(DAILY, hour="09:00"), MORNING)
    assert machine.say_no(one, "ana", "bo") == pair(bo=WEEKENDS)


def test_a_pause_ends_by_itself_and_the_other_is_asked_all_the_same() -> None:
    one = machine.pause(pair(), "bo", MORNING + machine.WEEK)
    assert not machine.may_ping(one, "bo", SUNDAY, MORNING)
    assert machine.may_ping(one, "bo", SUNDAY, MORNING + machine.WEEK)
    assert machine.may_ping(machine.resume(one, "bo"), "bo", SUNDAY, MORNING)
    assert machine.may_ping(one, "ana", SUNDAY, MORNING)


def test_somebody_who_joins_a_circle_waits_for_all_who_are_in_it() -> None:
    one = machine.propose("ref", Kind.CIRCLE, "ana", DAILY, WEEKENDS, MORNING)
    for name in ("bo", "cy"):
        one = machine.accept(machine.ask(one, name, MORNING), name, MORNING)
    assert not one.part("cy").agreed
    assert one.part("bo").agreed
    one = machine.say_yes(one, "bo", "cy", MORNING)
    assert one.part("cy").agreed
    one = machine.accept(machine.ask(one, "dee", MORNING), "dee", MORNING)
    assert "dee" not in machine.say_no(one, "cy", "dee").belongs_to


def test_of_two_one_who_leaves_ends_it_and_of_three_not() -> None:
    assert machine.leave(pair(), "bo", MORNING) is None
    one = machine.propose("ref", Kind.CIRCLE, "ana", DAILY, WEEKENDS, MORNING)
    for name in ("bo", "cy"):
        one = machine.accept(machine.ask(one, name, MORNING), name, MORNING)
    one = machine.say_yes(one, "bo", "cy", MORNING)
    left = machine.leave(one, "ana", MORNING)
    assert left
    assert left.belongs_to == {"bo", "cy"}
    assert not machine.has_room(pair())
    assert machine.ask(left, "dee", MORNING) == left, (
        "who proposed is gone, and their codes with them"
    )


def test_a_no_to_a_proposal_leaves_it_with_whoever_made_it() -> None:
    one = machine.propose("ref", Kind.PAIR, "ana", DAILY, DAILY, MORNING)
    assert machine.leave(machine.ask(one, "bo", MORNING), "bo", MORNING) == one
    assert machine.leave(machine.ask(one, "bo", MORNING), "ana", MORNING) is None


def test_silence_at_a_review_changes_nothing_and_it_comes_again() -> None:
    one = pair()
    assert machine.review(one, MORNING + timedelta(days=29)) == one
    again = machine.review(machine.go_on(one, "bo"), MORNING + timedelta(days=30))
    assert again.review_at == MORNING + timedelta(days=60)
    assert not again.part("bo").goes_on
    assert again.live


def test_a_temporary_one_ends_two_weeks_after_unless_both_want_more() -> None:
    end = MORNING + timedelta(days=90)
    one = replace(pair(), until=end)
    one = machine.go_on(one, "ana")
    assert not machine.is_over(one, end + timedelta(days=13))
    assert machine.is_over(one, end + timedelta(days=14))
    both = machine.go_on(one, "bo")
    assert both.until is None
    assert not machine.is_over(both, end + timedelta(days=300))


def test_a_yes_is_to_what_was_on_the_card() -> None:
    one = machine.ask(
        machine.propose("ref", Kind.PAIR, "ana", DAILY, DAILY, MORNING), "bo", MORNING
    )
    other = machine.settle(one, "ana", replace(DAILY, shows=Shows.ALL), MORNING)
    assert machine.stamp(one) != machine.stamp(other)
    assert machine.stamp(pair()) == machine.stamp(machine.mute(pair(), "bo", True))
    wish = machine.settle(pair(), "bo", replace(DAILY, shows=Shows.ALL), MORNING)
    told = machine.settle(wish, "bo", replace(DAILY, shows=Shows.ALL, tells=True), MORNING)
    marks = {machine.wish_mark(w, w.part("bo")) for w in (wish, told)}
    assert len(marks) == 2


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    zone=st.sampled_from(
        ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Beirut", "Pacific/Apia", "Africa/Cairo"]
    ),
    start=st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    hour=st.times().map(lambda at: f"{at:%H:%M}") | st.sampled_from(["00:00", "02:30", "23:59"]),
    days=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    late=st.integers(0, int(GRACE.total_seconds())),
)
def test_each_day_that_was_agreed_on_has_one_slot_however_late_it_is_seen(
    zone: str, start: datetime, hour: str, days: tuple[int, ...], late: int
) -> None:
    terms = Terms(days, hour)
    rule, found, at = hours(terms, zone, start), [], start
    assert rule
    for _ in range(30):
        after = rule.after(at)
        assert after
        at = after
        day = slot(terms, zone, at + timedelta(seconds=late))
        assert day == at.astimezone(ZoneInfo(zone)).date()
        found.append(day)
    agreed = [found[0] + timedelta(days=n) for n in range((found[-1] - found[0]).days + 1)]
    assert found == [day for day in agreed if day.weekday() in days]


def test_two_who_agreed_say_yes_to_terms_for_both() -> None:
    none = Terms()
    one = machine.suggest(pair(ana=none, bo=none), "ana", WEEKENDS, DAILY)
    assert one.part("ana").terms.days == one.part("bo").terms.days == ()
    assert machine.take_back(one, "ana") == pair(ana=replace(none, hour="09:00"), bo=none)
    assert machine.say_yes(one, "cy", "ana", MORNING) == one
    both = machine.say_yes(one, "bo", "ana", MORNING)
    assert (both.part("ana").terms, both.part("bo").terms) == (WEEKENDS, DAILY)
    assert machine.wish_mark(one, one.part("ana")) != machine.wish_mark(both, both.part("ana"))
