from metaflow import FlowSpec, Parameter, step


class WideFlow(FlowSpec):
    width = Parameter("width", default=2)

    @step
    def start(self):
        self.numbers = list(range(self.width))
        self.next(self.work, foreach="numbers")

    @step
    def work(self):
        self.number = self.input
        self.next(self.gather)

    @step
    def gather(self, inputs):
        numbers = [one.number for one in inputs]
        self.seen = len(numbers)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    WideFlow()
