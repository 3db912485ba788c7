package io.millrace.core;

/**
 * One change of a partition's state.
 *
 * @param key what changes
 * @param entity its new value; null when it goes
 */
public record Change(EntityKey key, Entity entity) {}
