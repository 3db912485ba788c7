package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.millrace.events.AttemptId;
import java.util.Map;
import java.util.Optional;

/**
 * Whose object this is: the annotation by which a launch is recognised as already done.
 *
 * @param installation several can share a namespace
 * @param of the attempt
 */
public record Identity(String installation, AttemptId of) {

  /**
   * Reads the text form {@code installation/run/task/attempt}.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static Identity parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 1) {
      throw new IllegalArgumentException(
          "identity '%s' is not of the form installation/run/task/attempt".formatted(text));
    }
    return new Identity(text.substring(0, slash), AttemptId.parse(text.substring(slash + 1)));
  }

  /** An object's identity; empty for objects that are not Millrace's. */
  public static Optional<Identity> of(HasMetadata object) {
    Map<String, String> annotations = object.getMetadata().getAnnotations();
    String text = annotations == null ? null : annotations.get(Marks.IDENTITY);
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse(text));
    } catch (IllegalArgumentException foreign) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return installation + "/" + of;
  }
}
