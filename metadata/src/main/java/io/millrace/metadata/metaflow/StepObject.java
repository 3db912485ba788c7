package io.millrace.metadata.metaflow;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/** A step of a run. Its tags are the run's. */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
record StepObject(
    String flowId,
    String runNumber,
    String stepName,
    String userName,
    long tsEpoch,
    List<String> tags,
    List<String> systemTags) {}
