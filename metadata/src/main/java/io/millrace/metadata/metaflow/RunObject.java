package io.millrace.metadata.metaflow;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * A run, as Metaflow's client reads it.
 *
 * @param runNumber its id, whether the client brought it or it was given out
 * @param tsEpoch when it was registered, in milliseconds since 1970
 * @param tags the user's
 * @param systemTags Metaflow's, and of a run of Millrace's {@code millrace_state:} with its state
 * @param lastHeartbeatTs in seconds since 1970; null when there was none
 * @param status where it stands
 * @param statusMessage why, for people; null when there is nothing to say
 * @param finishedAt in milliseconds since 1970; null before its end, and when nobody has told it
 */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
record RunObject(
    String flowId,
    String runNumber,
    String userName,
    long tsEpoch,
    List<String> tags,
    List<String> systemTags,
    Long lastHeartbeatTs,
    Standing status,
    String statusMessage,
    Long finishedAt) {}
