package io.millrace.scheduler.policy;

/**
 * One thing that a pod must not have.
 *
 * @param rule its key under {@code millrace.policy}
 * @param message what was found and what is allowed
 */
public record Breach(String rule, String message) {
  @Override
  public String toString() {
    return "policy rule %s: %s".formatted(rule, message);
  }
}
