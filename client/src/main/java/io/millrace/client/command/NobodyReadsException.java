package io.millrace.client.command;

/**
 * Whoever read the output has left, as {@code head} does when it has enough. Without this a command
 * that follows something would go on for ever, unseen.
 */
final class NobodyReadsException extends RuntimeException {}
