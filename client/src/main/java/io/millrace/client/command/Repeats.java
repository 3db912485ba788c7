package io.millrace.client.command;

import java.util.function.Consumer;

/** Says once what several streams, which lost the same server, say one after the other. */
final class Repeats {
  private final Consumer<String> to;
  private String last = "";

  Repeats(Consumer<String> to) {
    this.to = to;
  }

  synchronized void say(String text) {
    if (!text.equals(last)) {
      last = text;
      to.accept(text);
    }
  }
}
