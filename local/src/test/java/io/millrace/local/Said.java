package io.millrace.local;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What a program printed so far, with a future for what it has yet to say. */
final class Said implements Consumer<String> {
  private static final String STUB = "stub pid=";

  private final List<String> lines = new ArrayList<>();
  private final Map<String, CompletableFuture<String>> awaited = new LinkedHashMap<>();

  @Override
  public synchronized void accept(String line) {
    lines.add(line);
    awaited.forEach(
        (part, future) -> {
          if (line.contains(part)) {
            future.complete(line);
          }
        });
  }

  /** Completes with the first line that contains this, printed already or later. */
  synchronized CompletableFuture<String> line(String part) {
    CompletableFuture<String> future =
        awaited.computeIfAbsent(part, p -> new CompletableFuture<>());
    lines.stream().filter(l -> l.contains(part)).findFirst().ifPresent(future::complete);
    return future;
  }

  synchronized String all() {
    return String.join("\n", lines);
  }

  /** The process of the n-th stub that introduced itself, counted from 1. */
  synchronized ProcessHandle stub(int n) {
    List<String> stubs = lines.stream().filter(l -> l.startsWith(STUB)).toList();
    return ProcessHandle.of(Long.parseLong(stubs.get(n - 1).substring(STUB.length())))
        .orElseThrow();
  }
}
