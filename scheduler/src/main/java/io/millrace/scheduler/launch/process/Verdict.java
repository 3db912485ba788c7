package io.millrace.scheduler.launch.process;

import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.events.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an attempt of which nothing runs any more has ended as. It follows from the files alone, so
 * that each server, whenever it looks, finds the same.
 */
final class Verdict {
  private static final int TAIL_LINES = 20;
  private static final int TAIL_CHARS = 1500;
  private static final int OK = 0;

  private Verdict() {}

  /** The attempt's end. */
  static Observation of(AttemptFolder folder) throws IOException {
    AttemptId of = folder.of();
    List<Member> members = folder.members();
    Optional<Cause> own = Optional.empty();
    for (Member member : members) {
      if (wasStopped(member) && folder.stop().isPresent()) {
        return new Observation.Failed(of, folder.stop().get());
      }
      own = own.isPresent() ? own : failure(folder, member);
    }
    if (own.isPresent()) {
      return new Observation.Failed(of, own.get());
    }
    return switch (outcome(members.getFirst())) {
      case Decoded.Understood<Outcome>(Outcome outcome) -> new Observation.Succeeded(of, outcome);
      case Decoded.NotUnderstood<Outcome>(String reason) ->
          new Observation.Failed(of, Cause.userError(OK, reason));
    };
  }

  /** Why a member that runs no more makes the attempt fail; empty when it ended well. */
  static Optional<Cause> failure(AttemptFolder folder, Member member) throws IOException {
    Optional<Cause> stop = wasStopped(member) ? folder.stop() : Optional.empty();
    if (stop.isPresent()) {
      return stop;
    }
    String who =
        folder.isGang()
            ? "member %d of %d: ".formatted(member.index(), folder.members().size())
            : "";
    if (member.exit().isEmpty()) {
      return Optional.of(
          Cause.of(
              Cause.Kind.LOST,
              who
                  + "its process is gone and left no exit code: it was killed from outside, or the"
                  + " machine went down"));
    }
    ExitStatus exit = member.exit().get();
    if (exit.code() != OK) {
      String tail = tail(member.stderr());
      return Optional.of(
          Cause.userError(
              exit.code(), who + exit.text() + (tail.isEmpty() ? "" : "; stderr ends:\n" + tail)));
    }
    if (member.index() != 0) {
      return Optional.empty();
    }
    return switch (outcome(member)) {
      case Decoded.NotUnderstood<Outcome>(String reason) ->
          Optional.of(Cause.userError(OK, who + reason));
      case Decoded.Understood<Outcome>(Outcome outcome) when !outcome.ok() ->
          Optional.of(
              Cause.userError(
                  OK,
                  who
                      + (outcome.error() == null
                          ? "the step reported ok=false in its outcome, and no error"
                          : outcome.error())));
      case Decoded.Understood<Outcome> well -> Optional.empty();
    };
  }

  /** What a member reported of itself; plain success where it reported nothing. */
  static Decoded<Outcome> outcome(Member member) throws IOException {
    Path file = member.outcome();
    if (!Files.isRegularFile(file) || Files.size(file) == 0) {
      return Files.isDirectory(file)
          ? new Decoded.NotUnderstood<>("outcome file " + file + " is a folder")
          : new Decoded.Understood<>(Outcome.SUCCESS);
    }
    long size = Files.size(file);
    if (size > Outcome.MAX_BYTES) {
      return new Decoded.NotUnderstood<>(
          "outcome file has %d bytes, at most %d are taken; keep large results in MILLRACE_DATA_URI and report where they are"
              .formatted(size, Outcome.MAX_BYTES));
    }
    return Json.read(Files.readAllBytes(file), Outcome.class, "outcome file");
  }

  /** Whether it ended by a stop, and not by itself before that. */
  private static boolean wasStopped(Member member) {
    return member.claim().orElse(null) instanceof Claim.Cancelled
        || member.exit().map(ExitStatus::stopped).orElse(true);
  }

  private static String tail(Path file) throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      long from = Math.max(0, channel.size() - 4L * TAIL_CHARS);
      var bytes = ByteBuffer.allocate(4 * TAIL_CHARS);
      channel.position(from);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
      String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
      List<String> lines = text.lines().toList();
      String last =
          String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
      return last.length() <= TAIL_CHARS
          ? last
          : "…" + last.substring(last.length() - TAIL_CHARS + 1);
    } catch (NoSuchFileException silent) {
      return "";
    }
  }
}
