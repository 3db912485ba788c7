/**
 * The REST API under {@code /api/v1}. A resource asks one room and answers in the contract's words;
 * errors are problem+json.
 */
package io.millrace.scheduler.api;
