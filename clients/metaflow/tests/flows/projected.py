from metaflow import FlowSpec, namespaced_event_name, project, step, trigger, trigger_on_finish


@project(name="weather")
@trigger(event=namespaced_event_name("ready"))
@trigger_on_finish(flows=["Near", "other.prod.Far", {"name": "Beside", "project_branch": "prod.staging"}])
class ProjectedFlow(FlowSpec):
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ProjectedFlow()
