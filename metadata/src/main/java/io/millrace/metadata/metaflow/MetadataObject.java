package io.millrace.metadata.metaflow;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/** A fact about a task. Its tags are its own: they name the attempt. */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
record MetadataObject(
    long id,
    String flowId,
    String runNumber,
    String stepName,
    String taskId,
    String fieldName,
    String value,
    String type,
    String userName,
    long tsEpoch,
    List<String> tags,
    List<String> systemTags) {}
