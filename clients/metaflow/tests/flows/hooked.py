from metaflow import FlowSpec, Parameter, exit_hook, step


def happy(run):
    print("happy %s %s" % (run.id, run.data.answer))


def plain():
    print("plain")


def broken():
    raise ValueError("a hook that fails")


def sad(run):
    print("sad %s %s" % (run.id, run.successful))


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
