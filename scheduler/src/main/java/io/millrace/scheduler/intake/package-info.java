/**
 * What comes in: run requests become commands, flow documents become definitions. {@link
 * io.millrace.scheduler.intake.RunRequestIntake} is the front door for Kafka, {@link
 * io.millrace.scheduler.intake.Admission} for the API.
 */
package io.millrace.scheduler.intake;
