package io.millrace.scheduler.topics;

import java.util.List;

/** Topics are not as the engine needs them; the message says which, how, and what to do. */
public final class WrongTopicsException extends RuntimeException {
  WrongTopicsException(List<String> problems) {
    super("the Kafka topics cannot be used:\n  " + String.join("\n  ", problems));
  }
}
