from metaflow import FlowSpec, Parameter, step


class SwitchFlow(FlowSpec):
    way = Parameter("way", default="short")

    @step
    def start(self):
        self.count = 0
        self.next(self.repeat)

    @step
    def repeat(self):
        self.count += 1
        self.again = "yes" if self.count < 3 else self.way
        self.next({"yes": self.repeat, "short": self.short, "long": self.long}, condition="again")

    @step
    def short(self):
        self.took = "short"
        self.next(self.end)

    @step
    def long(self):
        self.took = "long"
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SwitchFlow()
