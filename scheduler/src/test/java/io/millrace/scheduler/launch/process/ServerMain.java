package io.millrace.scheduler.launch.process;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.events.Json;
import io.millrace.events.Order;
import io.smallrye.mutiny.Uni;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;

/**
 * A server to be killed: launches a shell's script for each line, of the form {@code task script}.
 */
final class ServerMain {
  private static final ObjectMapper MAPPER = Json.newMapper();

  private ServerMain() {}

  public static void main(String[] arguments) throws Exception {
    var server =
        new ProcessExecutor(
            Path.of(arguments[0]),
            arguments[1],
            Stage.GRACE,
            observation -> {
              System.out.println("end " + MAPPER.valueToTree(observation));
              // Never acknowledged: whoever goes on publishes it again.
              return Uni.createFrom().nothing();
            },
            Clock.systemUTC());
    server.start();
    System.out.println("started");
    var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      String[] words = line.split(" ", 2);
      Order.Launch order = Orders.shell(words[0], words[1]);
      System.out.println(server.launch(order).await().atMost(Stage.PATIENCE));
    }
  }
}
