package io.millrace.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.utils.SecurityUtils;

/** The users of the manifest and their ACLs, as Strimzi's operator makes them. */
final class StrimziUsers {
  private static final Path MANIFEST =
      Path.of(System.getProperty("millrace.home"), "k8s", "strimzi", "users.yaml");

  private StrimziUsers() {}

  private static List<JsonNode> manifests() throws IOException {
    try (MappingIterator<JsonNode> documents =
        new YAMLMapper().readerFor(JsonNode.class).readValues(MANIFEST.toFile())) {
      return documents.readAll();
    }
  }

  static List<String> names() throws IOException {
    return manifests().stream().map(user -> user.at("/metadata/name").asText()).toList();
  }

  static List<AclBinding> acls() throws IOException {
    var acls = new ArrayList<AclBinding>();
    for (JsonNode user : manifests()) {
      for (JsonNode rule : user.at("/spec/authorization/acls")) {
        for (JsonNode operation : rule.get("operations")) {
          acls.add(
              new AclBinding(
                  resource(rule.get("resource")),
                  new AccessControlEntry(
                      "User:" + user.at("/metadata/name").asText(),
                      "*",
                      SecurityUtils.operation(operation.asText()),
                      AclPermissionType.ALLOW)));
        }
      }
    }
    return acls;
  }

  private static ResourcePattern resource(JsonNode resource) {
    String type = resource.get("type").asText();
    return new ResourcePattern(
        SecurityUtils.resourceType(
            type.substring(0, 1).toUpperCase(Locale.ROOT) + type.substring(1)),
        resource.get("name").asText(),
        resource.get("patternType").asText().equals("prefix")
            ? PatternType.PREFIXED
            : PatternType.LITERAL);
  }
}
