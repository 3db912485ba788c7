package io.millrace.events.api;

/**
 * What a client has to know of an installation, as {@code GET /api/v1/installation} answers it.
 *
 * @param executor what runs the steps: {@code process}, {@code kubernetes} or {@code external}
 */
public record InstallationView(String executor) {}
