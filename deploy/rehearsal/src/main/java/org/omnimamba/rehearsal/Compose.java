package org.omnimamba.rehearsal;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/** Reads {@code docker-compose.yml} as Compose does, as far as this file uses its language. */
final class Compose {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(?:(:?[-?])([^}]*))?}");

  private Compose() {}

  /**
   * The services that are built here, without the database.
   *
   * @param variables what the user exported
   */
  static List<Container> read(Path root, Map<String, String> variables) throws IOException {
    Object file = new Yaml().load(Files.readString(root.resolve("docker-compose.yml")));
    Map<String, Object> services = Tree.map(Tree.map(filled(file, variables)).get("services"));
    List<Container> result = new ArrayList<>();
    services.forEach(
        (name, value) -> {
          Map<String, Object> service = Tree.map(value);
          if (service.containsKey("build")) {
            result.add(container(root, name, service));
          }
        });
    return result;
  }

  private static Container container(Path root, String name, Map<String, Object> service) {
    List<Object> test = Tree.list(Tree.map(service.get("healthcheck")).get("test"));
    URI health = URI.create(String.valueOf(test.get(test.size() - 1)));
    Map<String, Path> mounts = new LinkedHashMap<>();
    for (Object volume : Tree.list(service.get("volumes"))) {
      String[] parts = String.valueOf(volume).split(":");
      mounts.put(parts[1], root.resolve(parts[0]).normalize());
    }
    Map<String, String> environment = new LinkedHashMap<>();
    Tree.map(service.get("environment"))
        .forEach((key, value) -> environment.put(key, String.valueOf(value)));
    int http = health.getPort() - 1000;
    return new Container(
        name,
        1,
        true,
        environment,
        Map.of("http", http, "management", health.getPort()),
        List.of("/tmp", "/home/omnimamba", "/var/cache/omnimamba"),
        mounts,
        Quantity.bytes(service.get("mem_limit")),
        seconds(service.get("stop_grace_period"), 10),
        0,
        null,
        null,
        new Container.Probe(health.getPath(), health.getPort(), 1, 3, 1));
  }

  private static int seconds(@Nullable Object value, int otherwise) {
    return value == null ? otherwise : Integer.parseInt(String.valueOf(value).replace("s", ""));
  }

  /** Fills in the texts of a parsed file, so that an empty value stays an empty text. */
  private static @Nullable Object filled(@Nullable Object node, Map<String, String> variables) {
    if (node instanceof String text) {
      return fill(text, variables);
    }
    if (node instanceof List<?> list) {
      return list.stream().map(element -> filled(element, variables)).toList();
    }
    if (node instanceof Map<?, ?> map) {
      Map<String, Object> result = new LinkedHashMap<>();
      map.forEach((key, value) -> result.put(String.valueOf(key), filled(value, variables)));
      return result;
    }
    return node;
  }

  /** Fills in {@code ${NAME}}, {@code ${NAME:-otherwise}} and {@code ${NAME:?message}}. */
  static String fill(String text, Map<String, String> variables) {
    return VARIABLE
        .matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(value(match, variables)));
  }

  private static String value(MatchResult match, Map<String, String> variables) {
    String set = variables.get(match.group(1));
    String how = match.group(2) == null ? "-" : match.group(2);
    String word = match.group(3) == null ? "" : match.group(3);
    if (set != null && !(how.startsWith(":") && set.isEmpty())) {
      return set;
    }
    if (how.endsWith("?")) {
      throw new IllegalStateException(match.group(1) + ": " + word);
    }
    return word;
  }
}
