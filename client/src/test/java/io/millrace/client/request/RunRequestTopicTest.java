package io.millrace.client.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.IntNode;
import io.millrace.client.request.RunRequestTopic.Identified;
import io.millrace.events.CloudEvents;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.RunRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class RunRequestTopicTest {
  private static final RunRequest REQUEST =
      new RunRequest("train", Map.of("lines", new IntNode(5)), null, 3, List.of("nightly"), null);

  private static RunRequestTopic topic(String brokers) {
    return new RunRequestTopic(brokers, "team-a.", null, Duration.ofMillis(600));
  }

  private static MockProducer<String, byte[]> producer(boolean completes) {
    return new MockProducer<>(
        completes, new RoundRobinPartitioner(), new StringSerializer(), new ByteArraySerializer());
  }

  @Test
  void publishesACloudEventThatAnybodyCanRead() {
    RunRequestTopic topic = topic("broker:9092");
    var producer = producer(true);
    var request = new Identified("17", REQUEST);

    topic.send(producer, topic.record(request, Instant.parse("2026-03-01T12:00:00Z")));

    var sent = producer.history().getFirst();
    Headers headers = sent.headers();
    assertThat(sent.topic()).isEqualTo("team-a.millrace.run-requests");
    assertThat(sent.key()).isEqualTo(request.run().value());
    assertThat(
            CloudEvents.attributes(
                name -> headers.lastHeader(name) == null ? null : headers.lastHeader(name).value()))
        .isEqualTo(
            new Decoded.Understood<>(
                new CloudEvents.Attributes("17", "millrace-cli", RunRequest.TYPE)));
    assertThat(Json.read(sent.value(), RunRequest.class, "request"))
        .isEqualTo(new Decoded.Understood<>(REQUEST));
  }

  @Test
  void knowsTheRunBeforehand() {
    assertThat(new Identified("17", REQUEST).run()).isEqualTo(RunId.derived("millrace-cli", "17"));
    var named = new RunRequest("train", Map.of(), RunId.of("mine"), null, List.of(), null);
    assertThat(new Identified("17", named).run()).isEqualTo(RunId.of("mine"));
    assertThat(Identified.of(REQUEST).id()).isNotEqualTo(Identified.of(REQUEST).id());
  }

  @Test
  void saysThatNoBrokerAnswers() throws IOException {
    int closed;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    String brokers = "127.0.0.1:" + closed;
    assertThatThrownBy(() -> topic(brokers).publish(Identified.of(REQUEST)))
        .isInstanceOf(PublishException.class)
        .hasMessageStartingWith("No Kafka broker answers at " + brokers + ". Check --brokers");
  }

  @Test
  void namesTheTopicThatDoesNotTakeIt() throws IOException {
    try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String brokers = "127.0.0.1:" + silent.getLocalPort();
      assertThatThrownBy(() -> topic(brokers).publish(Identified.of(REQUEST)))
          .hasMessageContaining("topic team-a.millrace.run-requests did not take the request")
          .hasMessageContaining("--topic-prefix");
    }
  }

  @Test
  void passesOnWhatTheBrokerSays() {
    RunRequestTopic topic = topic("broker:9092");
    var producer = producer(false);
    var sending =
        Thread.ofVirtual()
            .unstarted(
                () -> {
                  while (!producer.errorNext(new TopicAuthorizationException("not yours"))) {
                    Thread.onSpinWait();
                  }
                });
    sending.start();
    assertThatThrownBy(
            () -> topic.send(producer, topic.record(Identified.of(REQUEST), Instant.EPOCH)))
        .hasMessage(
            "The request could not be published to topic team-a.millrace.run-requests at broker:9092: not yours");
  }

  @Test
  void refusesWhatIsNoAddress() {
    assertThatThrownBy(() -> topic("nonsense").publish(Identified.of(REQUEST)))
        .isInstanceOf(PublishException.class)
        .hasMessageContaining("nonsense");
  }
}
