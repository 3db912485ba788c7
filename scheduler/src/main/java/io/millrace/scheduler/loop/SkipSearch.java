package io.millrace.scheduler.loop;

import io.millrace.core.BrokenCommandException;
import io.millrace.events.Command;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Looks in what follows a broken command for an operator's word to pass over it. Nothing is decided
 * meanwhile; the next owner meets the same command and finds the same word.
 */
final class SkipSearch {
  private static final Duration TURN = Duration.ofSeconds(1);

  private final KafkaConsumer<byte[], byte[]> commands;
  private final TopicPartition log;
  private final BooleanSupplier stopping;

  SkipSearch(KafkaConsumer<byte[], byte[]> commands, TopicPartition log, BooleanSupplier stopping) {
    this.commands = commands;
    this.log = log;
    this.stopping = stopping;
  }

  /**
   * Reads on until the word is there.
   *
   * @param held told at every turn
   * @return the operator's reason; empty when the loop is asked to stop before
   */
  Optional<String> find(BrokenCommandException bug, Consumer<BrokenCommandException> held) {
    commands.seek(log, bug.offset() + 1);
    while (!stopping.getAsBoolean()) {
      held.accept(bug);
      try {
        for (ConsumerRecord<byte[], byte[]> record : commands.poll(TURN).records(log)) {
          if (Json.read(record.value(), Command.class, "a command")
                  instanceof Decoded.Understood<Command>(Command.CommandSkipped skip)
              && skip.offset() == bug.offset()) {
            return Optional.of("passed over by an operator: " + skip.reason());
          }
        }
      } catch (WakeupException asked) {
        // The condition says what for.
      }
    }
    return Optional.empty();
  }
}
