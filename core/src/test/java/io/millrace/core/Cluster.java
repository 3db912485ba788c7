package io.millrace.core;

import io.millrace.core.CommandLog.Taken;
import io.millrace.events.Command;
import io.millrace.events.Json;
import io.millrace.events.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Several partitions that exchange messages; chance delays, reorders and repeats them. */
final class Cluster {
  private final SplittableRandom random;
  private final List<CommandLog> logs = new ArrayList<>();
  private final List<Mail> mails = new ArrayList<>();
  private final List<Order> orders = new ArrayList<>();
  private long offset;

  private record Mail(int partition, Command command) {}

  Cluster(int partitions, SplittableRandom random) {
    this.random = random;
    for (int i = 0; i < partitions; i++) {
      logs.add(new CommandLog(new State(i, partitions), Position.START));
    }
  }

  void take(int partition, Command command) {
    Taken taken = logs.get(partition).take(offset++, Recording.BEGIN, Json.write(command));
    Decision decision = ((Taken.Decided) taken).decision();
    orders.addAll(decision.orders());
    for (Decision.Message message : decision.messages()) {
      int to =
          message.partition() >= 0
              ? message.partition()
              : Math.floorMod(message.key().hashCode(), logs.size());
      mails.add(new Mail(to, message.command()));
    }
  }

  void takeEverywhere(Command command) {
    for (int i = 0; i < logs.size(); i++) {
      take(i, command);
    }
  }

  /** Delivers any message, and perhaps not for the last time. */
  boolean deliver() {
    if (mails.isEmpty()) {
      return false;
    }
    int index = random.nextInt(mails.size());
    Mail mail = mails.get(index);
    if (random.nextInt(4) > 0) {
      mails.remove(index);
    }
    take(mail.partition(), mail.command());
    return true;
  }

  List<Order> takeOrders() {
    List<Order> result = List.copyOf(orders);
    orders.clear();
    return result;
  }

  int active() {
    return logs.stream().mapToInt(log -> log.state().active()).sum();
  }

  int active(String flow) {
    return logs.stream().mapToInt(log -> log.state().runs().active(flow)).sum();
  }

  State state(int partition) {
    return logs.get(partition).state();
  }

  @Override
  public String toString() {
    return logs.stream()
        .flatMap(log -> Checkpoint.of(log.state()).entrySet().stream())
        .filter(e -> e.getKey().matches("(limit|permits|settings|status)/.*"))
        .map(Object::toString)
        .collect(Collectors.joining("\n"));
  }

  int partitions() {
    return logs.size();
  }
}
