/**
 * Events that flows wait for: what anybody publishes, and what ends here. {@link
 * io.millrace.scheduler.triggers.EventRouter} is the front door for Kafka, {@link
 * io.millrace.scheduler.triggers.TriggerEventPublisher} for the API.
 */
package io.millrace.scheduler.triggers;
