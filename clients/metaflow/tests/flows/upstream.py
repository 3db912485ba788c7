from metaflow import FlowSpec, project, step


@project(name="chain")
class Upstream(FlowSpec):
    """Is waited for by a flow of the same project."""

    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Upstream()
