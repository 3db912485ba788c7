from metaflow import FlowSpec, JSONType, Parameter, current, step


class LinearFlow(FlowSpec):
    """Each type of parameter, and what a step sees of itself."""

    x = Parameter("x", default=1)
    rate = Parameter("learning-rate", default=0.5)
    on = Parameter("on", default=False)
    text = Parameter("text", default="a b")
    data = Parameter("data", type=JSONType, default='{"k": [1]}')
    none = Parameter("none", type=str)

    @step
    def start(self):
        print("hello from start")
        self.seen = [self.x, self.rate, self.on, self.text, self.data, self.none]
        self.task = current.task_id
        self.next(self.end)

    @step
    def end(self):
        self.run = current.run_id


if __name__ == "__main__":
    LinearFlow()
