from metaflow import FlowSpec, conda, pypi, step


class PackagedFlow(FlowSpec):
    """Steps with packages of their own, and one without."""

    @pypi(python="3.11", packages={"idna": "3.10"})
    @step
    def start(self):
        self.next(self.work)

    @conda(python="3.11", packages={"zlib": "1.3"})
    @step
    def work(self):
        self.next(self.end)

    @conda(disabled=True)
    @step
    def end(self):
        pass


if __name__ == "__main__":
    PackagedFlow()
