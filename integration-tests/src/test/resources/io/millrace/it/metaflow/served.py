"""A flow that Metaflow's own runtime runs, with everything that its client can ask about."""

from metaflow import FlowSpec, Parameter, current, retry, step


class ServedFlow(FlowSpec):
    width = Parameter("width", default=3)

    @step
    def start(self):
        self.items = list(range(self.width))
        self.next(self.double, foreach="items")

    @retry(times=1, minutes_between_retries=0)
    @step
    def double(self):
        self.attempt = current.retry_count
        if self.input == 1 and self.attempt == 0:
            raise ValueError("the first attempt fails")
        self.value = self.input * 2
        self.next(self.gather)

    @step
    def gather(self, inputs):
        self.total = sum(one.value for one in inputs)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ServedFlow()
