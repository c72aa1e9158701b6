package org.omnimamba.evaluation.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Captions to draw. */
public final class CaptionFile {
  private CaptionFile() {}

  /**
   * Reads captions: COCO's {@code captions_val2014.json}, of which the first caption of each
   * picture is taken; JSON lines with {@code caption}; or, of any other ending, a caption a line.
   *
   * @throws UnusableDataException if there is none, or an entry is none
   */
  public static List<String> read(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    List<String> captions =
        name.endsWith(".json") ? coco(file) : lines(file, name.endsWith(".jsonl"));
    if (captions.isEmpty()) {
      throw new UnusableDataException("there is no caption in " + file);
    }
    for (String caption : captions) {
      if (Utf8.isDamaged(caption)) {
        throw new UnusableDataException(
            "%s has bytes that are not UTF-8: %s".formatted(file, caption));
      }
    }
    return captions;
  }

  /** So many of them, spread evenly over all; all of them if there are fewer. */
  public static List<String> spread(List<String> captions, int count) {
    if (captions.size() <= count) {
      return List.copyOf(captions);
    }
    List<String> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      some.add(captions.get((int) ((long) i * captions.size() / count)));
    }
    return some;
  }

  private static List<String> coco(Path file) throws IOException {
    List<String> captions = new ArrayList<>();
    Set<String> pictures = new HashSet<>();
    JsonEntries.elements(
        file,
        "annotations",
        (where, number, entry) -> {
          String caption = JsonEntries.text(entry, "caption").strip();
          if (caption.isEmpty()) {
            throw new UnusableDataException(where + " has no caption");
          }
          if (pictures.add(JsonEntries.text(entry, "image_id"))) {
            captions.add(caption);
          }
        });
    return captions;
  }

  private static List<String> lines(Path file, boolean json) throws IOException {
    List<String> captions = new ArrayList<>();
    if (!json) {
      try (BufferedReader reader = Utf8.open(file)) {
        reader.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(captions::add);
      }
      return captions;
    }
    QuestionCollector faults = new QuestionCollector(PictureFolder.of(file, null));
    JsonEntries.lines(
        file,
        faults,
        (where, number, entry) -> {
          String caption = JsonEntries.text(entry, "caption").strip();
          if (caption.isEmpty()) {
            throw new UnusableDataException(where + " has no caption");
          }
          captions.add(caption);
        });
    faults.done().faults().stream()
        .findFirst()
        .ifPresent(
            fault -> {
              throw new UnusableDataException(fault.toString());
            });
    return captions;
  }
}
