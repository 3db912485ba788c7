package io.millrace.scheduler.topics;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.smallrye.mutiny.subscription.MultiEmitter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/**
 * A topic's committed records as a stream that begins anywhere, read as fast as its subscriber
 * asks. Each subscription has a consumer and a thread.
 */
public final class TopicStream {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Start start;
  private final MultiEmitter<? super ConsumerRecord<byte[], byte[]>> subscriber;
  private final Semaphore demand = new Semaphore(0);

  /** Where a stream begins: the consumer is told what to read and from where. */
  @FunctionalInterface
  public interface Start {
    /**
     * Assigns and seeks.
     *
     * @return where to end, exclusive; empty for never
     */
    Map<TopicPartition, Long> at(KafkaConsumer<byte[], byte[]> consumer);
  }

  private TopicStream(
      KafkaConsumer<byte[], byte[]> consumer,
      Start start,
      MultiEmitter<? super ConsumerRecord<byte[], byte[]>> subscriber) {
    this.consumer = consumer;
    this.start = start;
    this.subscriber = subscriber;
  }

  /**
   * Streams records.
   *
   * @param wanted those that are emitted
   * @param last that with which the stream ends
   */
  public static Multi<ConsumerRecord<byte[], byte[]>> of(
      KafkaClients clients,
      Start start,
      Predicate<ConsumerRecord<byte[], byte[]>> wanted,
      Predicate<ConsumerRecord<byte[], byte[]>> last) {
    return Multi.createFrom()
        .emitter(
            (MultiEmitter<? super ConsumerRecord<byte[], byte[]>> subscriber) -> {
              var stream = new TopicStream(clients.committedReader(), start, subscriber);
              subscriber.onRequest(n -> stream.demand.release());
              subscriber.onTermination(stream::stop);
              Thread.ofPlatform().name("stream").daemon().start(() -> stream.run(wanted, last));
            },
            BackPressureStrategy.ERROR);
  }

  private void stop() {
    demand.release();
    consumer.wakeup();
  }

  private void run(
      Predicate<ConsumerRecord<byte[], byte[]>> wanted,
      Predicate<ConsumerRecord<byte[], byte[]>> last) {
    try (consumer) {
      Map<TopicPartition, Long> ends = start.at(consumer);
      while (!subscriber.isCancelled() && !isPast(ends)) {
        for (ConsumerRecord<byte[], byte[]> record :
            consumer.poll(ends.isEmpty() ? LONG : Duration.ofMillis(200))) {
          if (wanted.test(record)) {
            if (!emit(record)) {
              return;
            }
            if (last.test(record)) {
              subscriber.complete();
              return;
            }
          }
        }
      }
      subscriber.complete();
    } catch (WakeupException cancelled) {
      subscriber.complete();
    } catch (RuntimeException failed) {
      subscriber.fail(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      subscriber.fail(interrupted);
    }
  }

  private boolean isPast(Map<TopicPartition, Long> ends) {
    return !ends.isEmpty()
        && ends.entrySet().stream()
            .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private boolean emit(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
    while (subscriber.requested() == 0 && !subscriber.isCancelled()) {
      demand.acquire();
    }
    if (subscriber.isCancelled()) {
      return false;
    }
    subscriber.emit(record);
    return true;
  }
}
