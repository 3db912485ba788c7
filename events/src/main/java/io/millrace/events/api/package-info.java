/** What the REST API answers: shared by the server that writes it and the clients that read it. */
package io.millrace.events.api;
