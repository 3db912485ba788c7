package io.millrace.metadata.metaflow;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/** Where an artifact of an attempt is. Its tags are the run's. */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
record ArtifactObject(
    String flowId,
    String runNumber,
    String stepName,
    String taskId,
    String name,
    String location,
    String dsType,
    String sha,
    String type,
    String contentType,
    String userName,
    int attemptId,
    long tsEpoch,
    List<String> tags,
    List<String> systemTags) {}
