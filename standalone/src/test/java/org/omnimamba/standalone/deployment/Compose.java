package org.omnimamba.standalone.deployment;

import static org.omnimamba.standalone.deployment.Yamls.at;
import static org.omnimamba.standalone.deployment.Yamls.map;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/** A compose file, with variables as Docker fills them in. */
final class Compose {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)(?:(:?[-?])([^}]*))?}");

  private final Map<String, Object> document;

  Compose(String file, Map<String, String> variables) throws IOException {
    String text = Files.readString(Path.of("..", file));
    this.document =
        map(
            new Yaml()
                .load(
                    VARIABLE
                        .matcher(text)
                        .replaceAll(found -> Matcher.quoteReplacement(value(found, variables)))));
  }

  private static String value(MatchResult found, Map<String, String> variables) {
    String value = variables.get(found.group(1));
    String operator = found.group(2);
    boolean given =
        value != null && !(value.isEmpty() && operator != null && operator.startsWith(":"));
    if (given) {
      return value;
    }
    if (operator == null || operator.endsWith("?")) {
      throw new IllegalStateException(found.group() + " is not set");
    }
    return found.group(3);
  }

  Map<String, Object> service(String name) {
    return map(at(document, "services", name));
  }

  /** The environment of a service, by name. */
  Map<String, String> environment(String name) {
    Map<String, String> result = new LinkedHashMap<>();
    map(service(name).get("environment"))
        .forEach((key, value) -> result.put(key, value == null ? "" : value.toString()));
    return result;
  }
}
