package org.omnimamba.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the Dockerfile makes of a service: its files under {@code /app}, its environment and its
 * command.
 *
 * @param app folder on this machine that is {@code /app} in the container
 * @param environment the Dockerfile's {@code ENV}
 * @param command the Dockerfile's {@code ENTRYPOINT}
 */
record Image(Path app, Map<String, String> environment, List<String> command) {
  private static final Pattern ASSIGNMENT = Pattern.compile("([A-Z_]+)=(\"[^\"]*\"|\\S+)");
  private static final Pattern TEXT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

  /**
   * Extracts a service's jar as the Dockerfile does and reads how it is started.
   *
   * @param root the repository's root
   * @param service such as {@code gateway-service}
   * @param work folder for the extracted files
   */
  static Image of(Path root, String service, Path work) throws IOException {
    Path jar = applicationJar(root.resolve(service).resolve("target"));
    Path app = work.resolve("app-" + service);
    if (!Files.exists(app)) {
      Shell.run(
          Java.home().resolve("bin/java").toString(),
          "-Djarmode=tools",
          "-jar",
          jar.toString(),
          "extract",
          "--destination",
          app.toString());
      try (Stream<Path> files = Files.list(app)) {
        Path extracted =
            files.filter(file -> file.toString().endsWith(".jar")).findFirst().orElseThrow();
        Files.move(extracted, app.resolve("app.jar"));
      }
    }
    return fromDockerfile(Files.readString(root.resolve("docker/Dockerfile")), service, app);
  }

  /** Reads the last stage, or the stage that is named after the service. */
  static Image fromDockerfile(String dockerfile, String service, Path app) {
    Map<String, String> environment = new LinkedHashMap<>();
    List<String> command = new ArrayList<>();
    for (String line : stages(dockerfile, service)) {
      if (line.startsWith("ENV ")) {
        Matcher assignments = ASSIGNMENT.matcher(line);
        while (assignments.find()) {
          environment.put(assignments.group(1), assignments.group(2).replace("\"", ""));
        }
      } else if (line.startsWith("ENTRYPOINT ")) {
        command.clear();
        Matcher texts = TEXT.matcher(line);
        while (texts.find()) {
          command.add(texts.group(1));
        }
      }
    }
    if (command.isEmpty()) {
      throw new IllegalStateException("docker/Dockerfile has no ENTRYPOINT for " + service);
    }
    return new Image(app, environment, command);
  }

  /** The instructions of the service's stage, after those of the stages that it is made from. */
  private static List<String> stages(String dockerfile, String service) {
    Map<String, List<String>> stages = new LinkedHashMap<>();
    List<String> current = new ArrayList<>();
    String last = "";
    for (String line : dockerfile.replace("\\\n", " ").split("\n")) {
      String instruction = line.strip();
      if (instruction.startsWith("FROM ")) {
        String[] words = instruction.split("\\s+");
        String name = words.length == 4 ? words[3] : "last";
        current = new ArrayList<>(stages.getOrDefault(words[1], List.of()));
        stages.put(name, current);
        last = name;
      } else if (!instruction.startsWith("#")) {
        current.add(instruction);
      }
    }
    return stages.getOrDefault(service, stages.getOrDefault(last, List.of()));
  }

  private static Path applicationJar(Path target) throws IOException {
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().matches("omnimamba-.*-app\\.jar"))
          .findFirst()
          .orElseThrow(
              () -> new IllegalStateException("no service jar in " + target + ": build first"));
    }
  }
}
