/**
 * Run requests: a person's {@code name=value} pairs become typed parameters, and {@link
 * RunRequestTopic} publishes the request as any other program would.
 */
package io.millrace.client.request;
