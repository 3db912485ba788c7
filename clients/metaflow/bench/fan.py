"""One task, many, one: steps that do nothing, so that what is measured is everything but them."""

import os
import time

from metaflow import FlowSpec, Parameter, step


def process_began() -> float:
    """When this process began, in seconds since 1970 (by /proc: to a hundredth of a second)."""
    with open("/proc/self/stat") as stat:
        ticks = int(stat.read().rsplit(")", 1)[1].split()[19])
    running = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return time.time() - running


class FanFlow(FlowSpec):
    width = Parameter("width", default=50)

    @step
    def start(self):
        self.reached = time.time()
        self.began = process_began()
        self.numbers = list(range(self.width))
        self.next(self.one, foreach="numbers")

    @step
    def one(self):
        self.number = self.input
        self.next(self.gather)

    @step
    def gather(self, inputs):
        self.total = sum(task.number for task in inputs)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    FanFlow()
