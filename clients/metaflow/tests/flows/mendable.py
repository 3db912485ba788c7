from metaflow import FlowSpec, Parameter, current, step


class MendableFlow(FlowSpec):
    """Fails in the middle until it is told to go."""

    go = Parameter("go", default=False)

    @step
    def start(self):
        self.began_in = current.run_id
        self.numbers = [1, 2]
        self.next(self.work, foreach="numbers")

    @step
    def work(self):
        self.number = self.input
        self.next(self.gather)

    @step
    def gather(self, inputs):
        if not self.go:
            raise RuntimeError("not yet")
        self.seen = [one.number for one in inputs]
        self.began_in = inputs[0].began_in
        self.origin = current.origin_run_id
        self.next(self.end)

    @step
    def end(self):
        self.ended_in = current.run_id


if __name__ == "__main__":
    MendableFlow()
