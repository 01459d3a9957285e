"""Help: what this person can do here and now, by what they may want."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from bot.core.actions import Action, Cog, Want, command
from bot.core.cards import JOIN, NOW, SOMEONE, Answer, Button, Call, Card, Page, Tone
from bot.core.decide import Allow, Who, decide
from bot.core.model import GUEST, Context
from bot.core.text import Day, Name, Plain, Strong, Text
from storage.people import People
from storage.roles import LABELS, Roles


class HelpCog(Cog):
    """`commands` are those of every feature, asked for when somebody wants to know."""

    name = "help"

    def __init__(
        self, commands: Callable[[], Sequence[Action[...]]], roles: Roles, people: People
    ) -> None:
        self._commands, self._roles, self._people = commands, roles, people

    @command("What there is for you here", who=Who.ANYONE, want=Want.ME)
    async def help(self, ctx: Context) -> Answer:
        said = ctx.t("I am a bot. I hold the door and the times; the talking is done by people.")
        if ctx.person == GUEST:
            said += (Plain("\n"), *ctx.t("You can listen without joining."))
        facts = [
            (ctx.label(want.value), listed) for want in Want if (listed := self._under(ctx, want))
        ]
        if serving := await self._serving(ctx):
            facts.append((ctx.label("Who serves here"), serving))
        title = ctx.label("What there is")
        card = Card(said, title, tuple(facts), self._buttons(ctx))
        wants = [(ctx.label(want.value), self._offered(ctx, want)) for want in Want]
        return Page("help", {"wants": wants, "serving": serving}, card)

    def _offered(self, ctx: Context, want: Want) -> list[tuple[str, str]]:
        """The commands that would not be refused, each with what it is for."""
        specs = (action.spec for action in self._commands())
        return [
            (spec.name, ctx.label(spec.summary))
            for spec in specs
            if spec.want is want and isinstance(decide(ctx.actor, spec.who), Allow)
        ]

    def _under(self, ctx: Context, want: Want) -> Text:
        """One line a command."""
        lines: Text = ()
        for name, summary in self._offered(ctx, want):
            lines += (Plain("\n"), Strong(f"/{name}"), Plain(f" {summary}"))
        return lines

    async def _serving(self, ctx: Context) -> Text:
        """Names are for those who belong to the group."""
        if ctx.group is None or not ctx.actor.member:
            return ()
        held = await self._roles.of(ctx.group.ref, ctx.now)
        people = await self._people.many(role.person for role in held)
        lines: Text = ()
        for role in held:
            if role.person in people:
                until = Day(role.until.astimezone(ZoneInfo(ctx.person.zone)).date())
                line = ctx.t(
                    "{name}, {role}, until {day}",
                    name=Name(people[role.person].name),
                    role=ctx.label(LABELS.get(role.role, role.role)),
                    day=until,
                )
                lines += (Plain("\n"), *line)
        return lines

    def _buttons(self, ctx: Context) -> tuple[Button, ...]:
        someone = Button(ctx.label(SOMEONE), NOW, Tone.CAREFUL)
        if ctx.person == GUEST:
            return (someone, Button(ctx.label("Join"), JOIN))
        checkin = Button(ctx.label("Check in"), Call("checkins.checkin"))
        return (someone, checkin, Button(ctx.label("My settings"), Call("people.me")))
