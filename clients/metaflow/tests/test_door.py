"""The door before user code in a pod, in each store that pods share."""

import subprocess
import sys

import pytest

ENTER = """
import sys
from metaflow_extensions.millrace.plugins.millrace import door
store, root, *attempts = sys.argv[1:]
for attempt in attempts:
    door.enter(store, root, "F/run/start/start", int(attempt))
    print("let in")
"""


@pytest.fixture(params=["s3", "azure", "gs"])
def enter(request):
    """Claims attempts one after the other, as a pod."""
    store = request.param
    user = request.getfixturevalue("on_" + store)
    prefix = "" if store == "azure" else store + "://"

    def enter(pod, *attempts, root="millrace/metaflow"):
        done = subprocess.run(
            [sys.executable, "-c", ENTER, store, prefix + root, *map(str, attempts)],
            cwd=user.folder, env=user.environment(METAFLOW_KUBERNETES_POD_ID=pod), text=True, capture_output=True, timeout=60,
        )
        return done.returncode, done.stdout, done.stderr

    return enter


def test_only_one_pod_is_let_in_to_an_attempt(enter):
    # The same pod again: its first answer was lost.
    assert enter("pod-1", 0, 0) == (0, "let in\nlet in\n", "")
    said = "Attempt 0 of F/run/start/start runs in another pod already (pod-1); this one ends.\n"
    assert enter("pod-2", 0) == (203, "", said)
    assert enter("pod-2", 1) == (0, "let in\n", "")


def test_a_store_that_takes_no_claims_lets_everybody_in(enter):
    code, said, complaint = enter("pod-1", 0, root="nowhere/metaflow")
    assert (code, said) == (0, "let in\n")
    assert "The attempt could not be claimed at " in complaint and "nowhere/metaflow/F/run/start/start/0.claim: " in complaint
