import os

from metaflow import FlowSpec, Parameter, exit_hook, step


def note(what):
    with open(os.path.join(os.environ["METAFLOW_DATASTORE_SYSROOT_LOCAL"], "hooks.txt"), "a") as file:
        file.write(what + "\n")


def happy(run):
    note("happy %s %s" % (run.id, run.data.answer))


def plain():
    note("plain")


def broken():
    raise ValueError("a hook that fails")


def sad(run):
    note("sad %s %s" % (run.id, run.successful))


@exit_hook(on_success=[broken, happy, plain], on_error=[sad])
class HookedFlow(FlowSpec):
    """Each end has hooks of its own."""

    fail = Parameter("fail", default=False)

    @step
    def start(self):
        if self.fail:
            raise ValueError("as it was asked to")
        self.answer = 42
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    HookedFlow()
