package io.millrace.metadata.metaflow;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/** A flow, as Metaflow's client reads it. */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
record FlowObject(
    String flowId, String userName, long tsEpoch, List<String> tags, List<String> systemTags) {}
