"""What the steps of a run say, from Millrace's own copy."""

import threading
from typing import Callable, Dict, Optional, Tuple

from .api import MillraceApi


def print_lines(
    api: MillraceApi, run_id: str, task: str, attempt: int, follow: bool, say: Callable[[str], None]
) -> None:
    for line in api.lines(run_id, task, attempt, follow):
        member = "-%d" % line["member"] if line.get("member") else ""
        say("[%s/%d%s] %s" % (task, attempt, member, line["text"]))


def follow_run(api: MillraceApi, run_id: str, step: Optional[str], say: Callable[[str], None]) -> None:
    """Says the lines of each attempt as they are written, until the run ends and all are said."""
    readers: Dict[Tuple[str, int], threading.Thread] = {}
    for event in api.events(run_id):
        data = event.data
        if event.type != "io.millrace.task.running" or step not in (None, data["step"]):
            continue
        key = (data["task"], data["attempt"])
        if key not in readers:
            readers[key] = threading.Thread(target=print_lines, args=(api, run_id, *key, True, say), daemon=True)
            readers[key].start()
    for reader in readers.values():
        reader.join()
