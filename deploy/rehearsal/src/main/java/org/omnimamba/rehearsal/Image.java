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
 * What the Dockerfile makes of a service: its files, its environment and its command.
 *
 * @param files files and folders of this machine by their place in the image
 * @param environment the Dockerfile's {@code ENV}
 * @param command the Dockerfile's {@code ENTRYPOINT}
 */
record Image(Map<String, Path> files, Map<String, String> environment, List<String> command) {
  private static final String WORKING_DIRECTORY = "/app";
  private static final Pattern ASSIGNMENT = Pattern.compile("([A-Z_]+)=(\"[^\"]*\"|\\S+)");
  private static final Pattern TEXT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern FROM_REPOSITORY = Pattern.compile("COPY (docker/\\S+) (\\S+)");

  /**
   * Extracts a service's jar into layers as the Dockerfile does, lays them over one another, and
   * reads what else is copied and how the service is started.
   *
   * @param root the repository's root
   * @param service such as {@code gateway-service}
   * @param work folder for the extracted files
   */
  static Image of(Path root, String service, Path work) throws IOException {
    String dockerfile = Files.readString(root.resolve("docker/Dockerfile"));
    Path app = work.resolve(service);
    Path libraries = work.resolve("tensorflow");
    if (!Files.exists(app)) {
      extract(applicationJar(root.resolve(service).resolve("target")), app);
      if (service.equals("inference-service") && dockerfile.contains("/opt/tensorflow")) {
        unpackTensorFlow(app, Files.createDirectories(libraries));
      }
    }
    Image image = read(dockerfile, service);
    Map<String, Path> files = new LinkedHashMap<>();
    files.put(WORKING_DIRECTORY, app);
    for (Map.Entry<String, Path> copied : image.files().entrySet()) {
      Path source = root.resolve(copied.getValue());
      if (copied.getKey().startsWith(WORKING_DIRECTORY + "/")) {
        Path target = app.resolve(copied.getKey().substring(WORKING_DIRECTORY.length() + 1));
        Files.write(target, Java.known(Files.readAllLines(source)));
      } else {
        files.put(copied.getKey(), source);
      }
    }
    if (Files.exists(libraries) && service.equals("inference-service")) {
      files.put("/opt/tensorflow", libraries);
    }
    return new Image(files, image.environment(), image.command());
  }

  /**
   * Reads the service's stage, or the last one where none is named after it; paths of files are
   * relative to the repository.
   */
  static Image read(String dockerfile, String service) {
    Map<String, Path> files = new LinkedHashMap<>();
    Map<String, String> environment = new LinkedHashMap<>();
    List<String> command = new ArrayList<>();
    for (String line : instructions(dockerfile, service)) {
      Matcher copy = FROM_REPOSITORY.matcher(line);
      if (copy.matches()) {
        String place = copy.group(2);
        files.put(
            place.startsWith("/") ? place : WORKING_DIRECTORY + "/" + place,
            Path.of(copy.group(1)));
      } else if (line.startsWith("ENV ")) {
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
    return new Image(files, environment, command);
  }

  /** The instructions of the service's stage, after those of the stages that it is made from. */
  private static List<String> instructions(String dockerfile, String service) {
    Map<String, List<String>> stages = new LinkedHashMap<>();
    List<String> current = new ArrayList<>();
    String last = "";
    for (String line : dockerfile.replace("\\\n", " ").split("\n")) {
      String instruction = line.strip();
      if (instruction.startsWith("FROM ")) {
        String[] words = instruction.split("\\s+");
        last = words.length == 4 ? words[3] : "last";
        current = new ArrayList<>(stages.getOrDefault(words[1], List.of()));
        stages.put(last, current);
      } else if (!instruction.startsWith("#")) {
        current.add(instruction);
      }
    }
    return stages.getOrDefault(service, stages.getOrDefault(last, List.of()));
  }

  private static void extract(Path jar, Path app) throws IOException {
    Path layers = app.resolveSibling(app.getFileName() + ".layers");
    Shell.run(
        Java.home().resolve("bin/java").toString(),
        "-Djarmode=tools",
        "-jar",
        jar.toString(),
        "extract",
        "--layers",
        "--destination",
        layers.toString());
    Files.createDirectories(app.resolve("lib"));
    try (Stream<Path> extracted = Files.walk(layers)) {
      for (Path file : extracted.filter(Files::isRegularFile).toList()) {
        boolean library = file.toString().contains("/lib/");
        Path target =
            library ? app.resolve("lib").resolve(file.getFileName()) : app.resolve("app.jar");
        Files.move(file, target);
      }
    }
  }

  private static void unpackTensorFlow(Path app, Path libraries) throws IOException {
    try (Stream<Path> jars = Files.list(app.resolve("lib"))) {
      Path archive =
          jars.filter(
                  jar -> jar.getFileName().toString().matches("tensorflow-core-native-.*-linux.*"))
              .findFirst()
              .orElseThrow();
      try (var content = java.nio.file.FileSystems.newFileSystem(archive);
          Stream<Path> entries = Files.walk(content.getPath("/"))) {
        for (Path entry : entries.filter(path -> path.toString().contains(".so")).toList()) {
          Files.copy(entry, libraries.resolve(entry.getFileName().toString()));
        }
      }
      Files.delete(archive);
    }
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
