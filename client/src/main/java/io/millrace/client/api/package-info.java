/**
 * The REST API and its event streams, from the client's side: {@link ApiClient} asks and is
 * answered, and streams come back by themselves when a connection is lost.
 */
package io.millrace.client.api;
