package io.millrace.scheduler.policy;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Names that are allowed, {@code *} standing for any text. */
record Names(List<String> allowed) {

  boolean include(String name) {
    return allowed.stream().anyMatch(pattern -> regex(pattern).matcher(name).matches());
  }

  private static Pattern regex(String pattern) {
    return Pattern.compile(
        Stream.of(pattern.strip().split("\\*", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining(".*")),
        Pattern.DOTALL);
  }

  @Override
  public String toString() {
    return allowed.isEmpty() ? "none" : String.join(", ", allowed);
  }
}
