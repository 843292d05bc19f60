"""What a message was taken to ask for."""

from dataclasses import dataclass

from rules.actions import Action


@dataclass(frozen=True)
class Heard:
    """An action. ``aside``: it came up in the middle of something else, so that the open topic stays and asks again.
    ``answers``: it is what the open topic waits for."""

    action: Action
    aside: bool = False
    answers: bool = False
