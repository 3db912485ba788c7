from metaflow import FlowSpec, Parameter, current, step


class BrokenFlow(FlowSpec):
    """Fails in the middle until somebody mends it."""

    mended = Parameter("mended", help="A file that is there when the flow is mended", required=True)

    @step
    def start(self):
        self.began_in = current.run_id
        self.next(self.work, foreach="numbers")

    numbers = [1, 2]

    @step
    def work(self):
        self.number = self.input
        self.next(self.gather)

    @step
    def gather(self, inputs):
        import os

        if not os.path.exists(self.mended):
            raise RuntimeError("broken")
        self.numbers_seen = [one.number for one in inputs]
        self.began_in = inputs[0].began_in
        self.origin = current.origin_run_id
        self.next(self.end)

    @step
    def end(self):
        self.ended_in = current.run_id


if __name__ == "__main__":
    BrokenFlow()
