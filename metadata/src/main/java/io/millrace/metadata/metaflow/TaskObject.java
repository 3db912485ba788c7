package io.millrace.metadata.metaflow;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * A task, as Metaflow's client reads it. Its tags are the run's.
 *
 * @param taskId its id, whether the client brought it or it was given out
 * @param tsEpoch when it was registered, in milliseconds since 1970
 * @param lastHeartbeatTs in seconds since 1970; null when there was none
 * @param status where its last attempt stands
 * @param statusMessage why, for people; null when there is nothing to say
 * @param finishedAt in milliseconds since 1970; null before its end, and when nobody has told it
 */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
record TaskObject(
    String flowId,
    String runNumber,
    String stepName,
    String taskId,
    String userName,
    long tsEpoch,
    List<String> tags,
    List<String> systemTags,
    Long lastHeartbeatTs,
    Standing status,
    String statusMessage,
    Long finishedAt) {}
