"""Reads a run of served.py by Metaflow's own client, and changes its tags. Fails where anything is not as it should be."""

import sys

import metaflow
from metaflow.exception import MetaflowNotFound, MetaflowTaggingError

run_id = sys.argv[1]
assert metaflow.get_metadata().startswith("service@"), metaflow.get_metadata()

# Namespaces: the run is its user's, and nobody else's.
assert metaflow.get_namespace() == "user:ada"
run = metaflow.Flow("ServedFlow").latest_run
assert run.id == run_id
metaflow.namespace("user:bob")
try:
    metaflow.Run("ServedFlow/" + run_id)
    raise AssertionError("a run of another namespace was found")
except metaflow.exception.MetaflowNamespaceMismatch:
    pass
metaflow.namespace(None)

# Runs, steps, tasks, artifacts, attempts.
assert run.finished and run.successful and run.finished_at >= run.created_at
assert sorted(step.id for step in run) == ["double", "end", "gather", "start"]
assert len(list(run["double"])) == 3
assert run["gather"].task.data.total == 6
assert run.data.total == 6 and run.end_task.pathspec.startswith("ServedFlow/%s/end/" % run_id)
retried = [task for task in run["double"] if task.index == 1][0]
assert retried.current_attempt == 1 and retried.data.attempt == 1 and retried.finished and retried.successful
first = metaflow.Task(retried.pathspec, attempt=0)
assert not first.successful and "first attempt fails" in str(first.exception)
assert "first attempt fails" in first.stderr and first.metadata_dict["attempt_ok"] == "False"
assert retried.metadata_dict["attempt_ok"] == "True" and retried.metadata_dict["attempt"] == "1"
assert retried["value"].data == 2 and retried["value"].created_at is not None

# Neighbours are found by filtered tasks.
assert [task.pathspec for task in retried.parent_tasks] == [run["start"].task.pathspec]
assert [task.pathspec for task in retried.child_tasks] == [run["gather"].task.pathspec]
assert len(list(run["gather"].task.parent_tasks)) == 3

# Tags.
assert "tagged" in run.user_tags and "user:ada" in run.system_tags
run.add_tags(["a", "b"])
run.remove_tag("a")
run.replace_tag("b", "c")
assert metaflow.Run("ServedFlow/" + run_id).user_tags == {"tagged", "c"}
assert [one.id for one in metaflow.Flow("ServedFlow").runs("c")] == [run_id]
assert "c" in run["start"].task.tags
assert list(metaflow.Flow("ServedFlow").runs("a")) == []
try:
    run.remove_tag("user:ada")
    raise AssertionError("a tag of the system's was removed")
except MetaflowTaggingError as refused:
    assert "tags of the system cannot be removed" in str(refused)

# What is not there.
for pathspec, kind in [("NoFlow", metaflow.Flow), ("ServedFlow/none", metaflow.Run)]:
    try:
        kind(pathspec)
        raise AssertionError(pathspec + " was found")
    except MetaflowNotFound:
        pass
print("all as it should be")
