from metaflow import FlowSpec, Parameter, step, trigger


@trigger(event="single.event")
class SingleFlow(FlowSpec):
    """One event, without a mapping: it brings each parameter by its name."""

    x = Parameter("x", default=1)
    word = Parameter("word", default="none")

    @step
    def start(self):
        self.seen = [self.x, self.word]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SingleFlow()
