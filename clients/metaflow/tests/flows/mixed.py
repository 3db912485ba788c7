from metaflow import FlowSpec, Parameter, catch, current, millrace, retry, step


class MixedFlow(FlowSpec):
    """Some steps run through Millrace, the others by Metaflow's own runtime."""

    width = Parameter("width", default=3)

    @step
    def start(self):
        self.here = place()
        self.base = {"ten": 10}
        self.items = list(range(self.width))
        self.next(self.work, foreach="items")

    @millrace(cpu=2)
    @step
    def work(self):
        print("item %d" % self.input)
        self.square = self.input**2 + self.base["ten"]
        self.there = place()
        self.next(self.gather)

    @step
    def gather(self, inputs):
        self.squares = [one.square for one in inputs]
        self.places = [one.there for one in inputs]
        self.here = place()
        self.next(self.unsure)

    @retry(times=2, minutes_between_retries=0)
    @millrace
    @step
    def unsure(self):
        print("attempt %d" % current.retry_count)
        if current.retry_count < 1:
            raise ValueError("not yet")
        self.attempt = current.retry_count
        self.next(self.crashes)

    @catch(var="crash")
    @millrace
    @step
    def crashes(self):
        import os

        os._exit(3)
        self.next(self.end)

    @step
    def end(self):
        self.total = sum(self.squares)


def place():
    import os

    return os.environ.get("MILLRACE_RUN_ID")


if __name__ == "__main__":
    MixedFlow()
