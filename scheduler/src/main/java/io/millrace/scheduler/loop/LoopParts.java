package io.millrace.scheduler.loop;

import io.millrace.events.Topics;
import io.millrace.scheduler.Milestones;
import io.millrace.scheduler.SchedulerConfig.LoopConfig;
import io.millrace.scheduler.topics.KafkaClients;
import java.time.Clock;
import org.apache.kafka.clients.admin.Admin;

/**
 * What every loop of a replica needs.
 *
 * @param admin shared
 * @param maxParallelTasks of all runs; 0 for no bound
 * @param milestones told of the moments between which a crash makes a difference
 * @param clock tells when deadlines have passed
 */
record LoopParts(
    Topics topics,
    KafkaClients clients,
    Admin admin,
    LoopConfig config,
    int maxParallelTasks,
    Milestones milestones,
    Clock clock) {}
