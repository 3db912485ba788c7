from metaflow import FlowSpec, catch, step, timeout


class PathFlow(FlowSpec):
    """A switch inside a branch of a split, and a step that takes too long."""

    @step(start=True)
    def begin(self):
        self.next(self.choose, self.slow)

    @step
    def choose(self):
        self.way = "b"
        self.next({"a": self.a, "b": self.b}, condition="way")

    @step
    def a(self):
        self.took = "a"
        self.next(self.meet)

    @step
    def b(self):
        self.took = "b"
        self.next(self.meet)

    @catch(var="late")
    @timeout(seconds=1)
    @step
    def slow(self):
        import threading

        threading.Event().wait(60)
        self.next(self.meet)

    @step
    def meet(self, inputs):
        self.took = [one.took for one in inputs if hasattr(one, "took")]
        self.late = [str(one.late) for one in inputs if getattr(one, "late", None)]
        self.next(self.finish)

    @step(end=True)
    def finish(self):
        pass


if __name__ == "__main__":
    PathFlow()
