"""What tasks are called: items of the bank by their titles, assessed tasks by theirs."""

from __future__ import annotations

from collections.abc import Iterable

from gradatim.domain import LearnerEvent
from gradatim.errors import InputError
from gradatim.settings import Settings
from gradatim.tools.items.bank import Bank, bank_path

_ITEM = "item-"


def item_titles(settings: Settings, events: Iterable[LearnerEvent]) -> dict[str, str]:
    """Id → title of the bank's items among the tasks of some events; none where there is no bank.

    Raises:
        StorageError: The bank cannot be used.
    """
    wanted = {event.task_id for event in events if event.task_id is not None and event.task_id.startswith(_ITEM)}
    path = bank_path(settings.data_dir)
    if not wanted or not path.exists():
        return {}
    bank = Bank(path)
    found: dict[str, str] = {}
    for task in sorted(wanted):
        try:
            item = bank.item(task)
        except InputError:  # it was deleted: its id has to do
            continue
        if item.id == task:
            found[task] = item.title
    return found
