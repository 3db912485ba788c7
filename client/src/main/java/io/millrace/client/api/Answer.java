package io.millrace.client.api;

/**
 * What the API answered.
 *
 * @param value as the contract has it
 * @param json as it came: fields of a newer server's that this client does not know are in it
 */
public record Answer<T>(T value, String json) {}
