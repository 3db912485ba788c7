"""What is kept of a step's words."""

import os
import sys

from metaflow_extensions.millrace.plugins.millrace.capture import captured

CRASH = "import ctypes; print('last words', flush=True); ctypes.string_at(0)"


def test_a_segmentation_fault_is_said_after_the_last_words(tmp_path, capfd):
    logs = [str(tmp_path / stream) for stream in ("out", "err")]
    assert captured([sys.executable, "-c", CRASH], dict(os.environ), logs) == 139
    assert [open(log).read().split("]", 1)[1] for log in logs] == [
        "last words\n", "Task failed with a segmentation fault.\n"
    ]
    assert capfd.readouterr() == ("last words\n", "Task failed with a segmentation fault.\n")
