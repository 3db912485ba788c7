package io.millrace.it;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * The embedded broker with TLS, SASL and ACLs: the files that it and its clients need, made anew.
 * Every user's password follows from the name; {@link #ADMIN} may do everything.
 */
final class SecuredBroker {
  static final String ADMIN = "admin";
  private static final String STORE_PASSWORD = "changeit";

  private final Path folder;

  /** Makes a certificate for the loopback address, and the broker's settings for these users. */
  SecuredBroker(Path folder, List<String> users) throws IOException, InterruptedException {
    this.folder = folder;
    keytool(
        "-genkeypair",
        "-alias",
        "broker",
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "SAN=ip:127.0.0.1",
        "-validity",
        "2");
    keytool("-exportcert", "-alias", "broker", "-rfc", "-file", certificate().toString());
    var settings = new Properties();
    settings.putAll(trust());
    settings.put("listener.security.protocol.map", "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT");
    settings.put("ssl.keystore.type", "PKCS12");
    settings.put("ssl.keystore.location", keyStore().toString());
    settings.put("ssl.keystore.password", STORE_PASSWORD);
    settings.put("ssl.key.password", STORE_PASSWORD);
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.put("listener.name.clients.plain.sasl.jaas.config", logins(users));
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    // Who comes by the controller's listener is this broker itself.
    settings.put("super.users", "User:" + ADMIN + ";User:ANONYMOUS");
    store(settings, settings());
  }

  private static String logins(List<String> users) {
    var text = new StringBuilder(login(ADMIN).replace(";", ""));
    text.append(" user_%s=\"%s\"".formatted(ADMIN, password(ADMIN)));
    users.forEach(user -> text.append(" user_%s=\"%s\"".formatted(user, password(user))));
    return text.append(';').toString();
  }

  private static String login(String user) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(user, password(user));
  }

  private static String password(String user) {
    return "secret-of-" + user;
  }

  private Map<String, String> trust() {
    return Map.of(
        "ssl.truststore.type", "PEM", "ssl.truststore.location", certificate().toString());
  }

  /** What a user's Kafka client has to be told. */
  Map<String, Object> client(String user) {
    return client(user, user);
  }

  /** As {@link #client(String)}, with the password of somebody else. */
  Map<String, Object> client(String user, String whosePassword) {
    var all = new java.util.HashMap<String, Object>(trust());
    all.put("security.protocol", "SASL_SSL");
    all.put("sasl.mechanism", "PLAIN");
    all.put("sasl.jaas.config", login(user).replace(password(user), password(whosePassword)));
    return all;
  }

  /** The same for a replica. */
  List<String> settingsOf(String user) {
    return client(user).entrySet().stream()
        .map(setting -> "kafka." + setting.getKey() + "=" + setting.getValue())
        .toList();
  }

  /** The same as a file. */
  Path fileOf(String user) throws IOException {
    var properties = new Properties();
    properties.putAll(client(user));
    return store(properties, folder.resolve(user + ".properties"));
  }

  /** The broker's settings. */
  Path settings() {
    return folder.resolve("broker.properties");
  }

  private Path certificate() {
    return folder.resolve("broker.pem");
  }

  private Path keyStore() {
    return folder.resolve("broker.p12");
  }

  private static Path store(Properties properties, Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      properties.store(out, null);
    }
    return file;
  }

  private void keytool(String... arguments) throws IOException, InterruptedException {
    var command = new java.util.ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of(
            "-keystore",
            keyStore().toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            STORE_PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed: " + said);
    }
  }
}
