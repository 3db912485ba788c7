/**
 * The contract between Millrace's parts and with other programs: the records of every Kafka topic,
 * their JSON form, and the flow document. Depends on Jackson and nothing else, so that any JVM
 * program can follow runs with it.
 */
package io.millrace.events;
