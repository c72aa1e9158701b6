package org.omnimamba.evaluation.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers as they come: JSON lines, the first of which says what was asked of whom. Each line is
 * written at once, so that an end of the process at any moment loses nothing but a line that it was
 * writing. One process at a time.
 */
public final class AnswerFile implements AutoCloseable {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String RUN = "run";

  private final FileChannel channel;
  private final Map<String, String> answers;

  private AnswerFile(FileChannel channel, Map<String, String> answers) {
    this.channel = channel;
    this.answers = answers;
  }

  /**
   * Begins a file, or goes on with one.
   *
   * @param file is made if it is not there
   * @param run what answers depend on, by name
   * @throws RunMismatchException if the file's answers are those of another run
   * @throws IOException if the file is in use, is no file of answers or cannot be written
   */
  public static AnswerFile open(Path file, Map<String, String> run) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw new IOException("another process is writing " + file);
      }
      String text = whole(channel);
      AnswerFile opened = new AnswerFile(channel, new LinkedHashMap<>());
      if (text.isEmpty()) {
        ObjectNode header = MAPPER.createObjectNode();
        ObjectNode about = header.putObject(RUN);
        new TreeMap<>(run).forEach(about::put);
        opened.write(header);
      } else {
        opened.read(file, text, run);
      }
      return opened;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * The complete lines; what a process left of a last one is cut off. The file is not opened a
   * second time: closing that would let go of the lock, as POSIX has it.
   */
  private static String whole(FileChannel channel) throws IOException {
    byte[] bytes = Channels.newInputStream(channel).readAllBytes();
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    channel.truncate(end);
    channel.position(end);
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  private void read(Path file, String text, Map<String, String> run) throws IOException {
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      JsonNode entry;
      try {
        entry = MAPPER.readTree(line);
      } catch (JacksonException e) {
        throw new IOException("%s, line %d is no JSON".formatted(file, number), e);
      }
      if (number == 1) {
        requireSame(file, entry.path(RUN), run);
      } else {
        answers.put(entry.path("id").asString(""), entry.path("answer").asString(""));
      }
    }
  }

  private static void requireSame(Path file, JsonNode before, Map<String, String> run) {
    TreeSet<String> names = new TreeSet<>(run.keySet());
    names.addAll(before.propertyNames());
    for (String name : names) {
      String old = before.path(name).asString("");
      String now = run.getOrDefault(name, "");
      if (!old.equals(now)) {
        throw new RunMismatchException(
            "%s has the answers of another run: %s was \"%s\" and is \"%s\"; take another folder"
                .formatted(file, name, old, now));
      }
    }
  }

  /** Keeps an answer. */
  public synchronized void put(String id, String answer) throws IOException {
    write(MAPPER.createObjectNode().put("id", id).put("answer", answer));
    answers.put(id, answer);
  }

  private void write(ObjectNode line) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap((MAPPER.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** All answers so far, by question. */
  public synchronized Map<String, String> answers() {
    return Collections.unmodifiableMap(new LinkedHashMap<>(answers));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
