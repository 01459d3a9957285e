"""What each path calls it: one table, from which every sentence with the word in it comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.text import key
from storage.offers import For


@dataclass(frozen=True, slots=True)
class Wording:
    """Catalogue keys; `{name}` is whoever else it is about."""

    title: str
    offer: str
    """A button, like the next."""
    look: str
    is_not: str
    """What it is and is not, before anybody offers."""
    nobody: str
    asks: str
    mine: str
    """What the others are for me, above their names; then what those are who asked me."""
    theirs: str
    begun_by_me: str
    """To whoever asked, when it was a yes; then to whoever said it."""
    begun_with_me: str


SPONSOR = Wording(
    key("Sponsorship"),
    key("Offer to sponsor"),
    key("Look for a sponsor"),
    key(
        "A sponsor shares how they live with it, and listens. It is not therapy, not money, not"
        " control, and nobody is responsible for another's recovery. Either of you ends it at any"
        " time, without a reason."
    ),
    key("Nobody who sponsors has room just now. A meeting is a good place to ask aloud."),
    key("{name} asks you to sponsor them."),
    key("Your sponsors"),
    key("Whom you sponsor"),
    key("{name} sponsors you now."),
    key("You sponsor {name} now."),
)
SERVICE = Wording(
    key("Service sponsorship"),
    key("Offer to sponsor in service"),
    key("Look for a service sponsor"),
    key(
        "A service sponsor shares how they serve, and answers questions about it. It is not money"
        " and not control. Either of you ends it at any time, without a reason."
    ),
    key("Nobody who sponsors in service has room just now. You can ask those who serve: /roles."),
    key("{name} asks you to sponsor them in service."),
    key("Your service sponsors"),
    key("Whom you sponsor in service"),
    key("{name} sponsors you in service now."),
    key("You sponsor {name} in service now."),
)
MENTOR = Wording(
    key("Mentors"),
    key("Offer to be a mentor"),
    key("Look for a mentor"),
    key(
        "A mentor shares what worked for them, and listens. It is not therapy, not money, not"
        " control, and nobody is responsible for another's recovery. Either of you ends it at any"
        " time, without a reason."
    ),
    key("No mentor has room just now. A meeting is a good place to ask aloud."),
    key("{name} asks you to be their mentor."),
    key("Your mentors"),
    key("Whose mentor you are"),
    key("{name} is your mentor now."),
    key("You are {name}'s mentor now."),
)
FRIEND = Wording(
    key("Wise friends"),
    key("Offer to be a wise friend"),
    key("Look for a wise friend"),
    key(
        "Wise friends are two or three who trade time: each listens, each is listened to. Nobody"
        " leads. It is not therapy, not money, not control, and nobody is responsible for"
        " another's recovery. Each of you ends it at any time, without a reason."
    ),
    key("Nobody who trades time has room just now. A meeting is a good place to ask aloud."),
    key("{name} would like to be wise friends with you."),
    key("Your wise friends"),
    key("Your wise friends"),
    key("You and {name} are wise friends now."),
    key("You and {name} are wise friends now."),
)
PAIR = Wording(
    key("You may ask me"),
    key("Say: you may ask me"),
    key("Look for somebody to check in with"),
    key(
        "Whoever looks for somebody to check in with can then ask you. Each time you can say no,"
        " without a reason."
    ),
    key("Nobody has said that they may be asked just now."),
    key("{name} would like to check in with you."),
    key("Whom you check in with"),
    key("Whom you check in with"),
    key("You and {name} can check in with each other now."),
    key("You and {name} can check in with each other now."),
)

PATHS: Mapping[str, Mapping[For, Wording]] = {
    "sponsor": {For.SPONSOR: SPONSOR, For.SERVICE: SERVICE, For.PAIR: PAIR},
    "mentor": {For.MENTOR: MENTOR, For.PAIR: PAIR},
    "wise friends": {For.FRIEND: FRIEND, For.PAIR: PAIR},
    "none": {For.PAIR: PAIR},
}
"""By what a fellowship's file says of peer help, what there is in such a group; the first of each
is what it is known for."""
NONE = key(
    "On the path of this group nobody has a sponsor. What there is instead: the meetings, where"
    " anybody can be asked afterwards; two people who check in with each other; and someone to"
    " talk to now, at any hour."
)
"""What /sponsor says where there is none."""
