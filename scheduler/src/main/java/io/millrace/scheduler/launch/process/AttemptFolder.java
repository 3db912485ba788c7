package io.millrace.scheduler.launch.process;

import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Decoded;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * An attempt, as its files tell it. A single process has its files here, the members of a gang have
 * a folder each.
 */
record AttemptFolder(AttemptId of, Path path) {

  void create() throws IOException {
    Files.createDirectories(path);
  }

  /** Keeps the order: what was asked for, for whoever goes on with the attempt and for people. */
  void keep(Order.Launch order) throws IOException {
    AtomicFiles.create(path.resolve("order.json"), Json.write(order));
  }

  /** The flow that it belongs to; empty when it was cancelled before it was ordered. */
  Optional<FlowRef> flow() {
    return read("order.json", Kept.class).map(Kept::flow);
  }

  /** What is read of a kept order, which another version may have written. */
  record Kept(FlowRef flow) {}

  /**
   * Claims the attempt as a whole: as the wrapper of a single process does, or as a gang, or as
   * cancelled.
   *
   * @return who has it now
   */
  Claim claim(Claim wanted) throws IOException {
    return new Member(0, path).claim(wanted);
  }

  /** Who has it; empty while nobody has. */
  Optional<Claim> claim() {
    return new Member(0, path).claim();
  }

  /** Its processes, started or not; just one as long as it is not known to be a gang. */
  List<Member> members() {
    return claim().orElse(null) instanceof Claim.Gang(int members)
        ? IntStream.range(0, members).mapToObj(this::gangMember).toList()
        : List.of(new Member(0, path));
  }

  /** Whether it is a gang. */
  boolean isGang() {
    return claim().orElse(null) instanceof Claim.Gang;
  }

  /** Whether anything of it has been started, or ruled out for ever. */
  boolean isClaimed() {
    return members().stream().anyMatch(member -> member.claim().isPresent());
  }

  /** Whether each of its processes has written down its end. */
  boolean hasExited() {
    return members().stream().allMatch(member -> member.exit().isPresent());
  }

  /**
   * Marks that it is to end; the mark outlives a power cut. The first cause stays.
   *
   * @return whether it is this one
   */
  boolean stop(Cause cause) throws IOException {
    return AtomicFiles.createDurably(path.resolve("stop"), Json.write(cause));
  }

  /** Why it is to end; empty as long as nobody wants that. */
  Optional<Cause> stop() {
    return read("stop", Cause.class);
  }

  /** Keeps the end that was published and acknowledged. */
  void ended(Observation end) throws IOException {
    AtomicFiles.create(path.resolve("end.json"), Json.write(end));
  }

  /** Whether its end was acknowledged. */
  boolean hasEnded() {
    return Files.exists(path.resolve("end.json"));
  }

  private Member gangMember(int index) {
    return new Member(index, path.resolve("member-" + index));
  }

  private <T> Optional<T> read(String name, Class<T> type) {
    Path file = path.resolve(name);
    try {
      Optional<byte[]> bytes = AtomicFiles.read(file);
      if (bytes.isEmpty()) {
        return Optional.empty();
      }
      return switch (Json.read(bytes.get(), type, name)) {
        case Decoded.Understood<T>(T value) -> Optional.of(value);
        case Decoded.NotUnderstood<T>(String reason) ->
            throw new IllegalStateException(
                "%s of attempt %s cannot be read: %s".formatted(file, of, reason));
      };
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read " + file, unreadable);
    }
  }
}
