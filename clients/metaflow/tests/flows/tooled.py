from metaflow import FlowSpec, step


class ToolFlow(FlowSpec):
    """Wants a package that only its environment has."""

    @step
    def start(self):
        import toolz

        self.version = toolz.__version__
        self.next(self.end)

    @step
    def end(self):
        import sys

        import toolz

        self.python = sys.executable
        self.total = toolz.pipe([1, 2], sum)


if __name__ == "__main__":
    ToolFlow()
