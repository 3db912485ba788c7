"""Shows what a run of train.py has come to, as Metaflow's client sees it: python result.py RUN. Fails where the run did."""

import sys

from metaflow import Run, namespace
from metaflow.cards import get_cards

namespace(None)
run = Run("TrainingFlow/" + sys.argv[1])
print(run, "successful:", run.successful)
print("best model: %s, score %.3f" % (run.data.best, run.data.score))
for task in run["train"]:
    print("  %-12s %.3f" % (task.data.candidate, task.data.score))
print("confirmed by a gang of %d: %s" % (len(run.data.confirmed), ", ".join("%.3f" % one for one in run.data.confirmed)))
print("card of step choose: %d characters of HTML" % len(get_cards(run["choose"].task)[0].get()))
sys.exit(not run.successful)
