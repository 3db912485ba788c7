from metaflow import FlowSpec, current, project, step, trigger_on_finish


def upstream(context):
    return "%s.%s.upstream" % (current.project_name, current.branch_name)


@trigger_on_finish(flow=upstream)
@project(name="chain")
class Downstream(FlowSpec):
    """Waits for a flow whose name it gives in other letters."""

    @step
    def start(self):
        self.event = current.trigger.event._asdict()
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Downstream()
