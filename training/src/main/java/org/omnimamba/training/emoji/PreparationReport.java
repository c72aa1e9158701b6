package org.omnimamba.training.emoji;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.icons.ConceptMatcher;

/** How many icons of each set became pictures, and which did not, with the reason. */
public final class PreparationReport {
  private final Map<EmojiStyle, Integer> icons = new EnumMap<>(EmojiStyle.class);
  private final Map<EmojiStyle, ConceptMatcher.Matches> matches = new EnumMap<>(EmojiStyle.class);
  private final Map<EmojiStyle, List<String>> leftOut = new EnumMap<>(EmojiStyle.class);
  private final Map<String, Map<Picture.Split, Integer>> pictures = new TreeMap<>();
  private long concepts;

  PreparationReport() {}

  void matched(EmojiStyle style, int count, ConceptMatcher.Matches found) {
    icons.put(style, count);
    matches.put(style, found);
  }

  void leftOut(EmojiStyle style, String icon, String reason) {
    leftOut.computeIfAbsent(style, key -> new ArrayList<>()).add(icon + ": " + reason);
  }

  void count(List<Picture> written) {
    for (Picture picture : written) {
      pictures
          .computeIfAbsent(picture.style(), style -> new EnumMap<>(Picture.Split.class))
          .merge(picture.split(), 1, Integer::sum);
    }
    concepts = written.stream().map(Picture::concept).distinct().count();
  }

  /** The table of counts, in Markdown. */
  public String table() {
    StringBuilder table =
        new StringBuilder(
            """
            | style | icons | skin tones | no concept | left out | train | held out | unseen |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            """);
    for (EmojiStyle style : EmojiStyle.values()) {
      ConceptMatcher.Matches found = matches.get(style);
      if (found == null) {
        continue;
      }
      Map<Picture.Split, Integer> counts = pictures.getOrDefault(style.word(), Map.of());
      table.append(
          "| %s | %d | %d | %d | %d | %d | %d | %d |%n"
              .formatted(
                  style.word(),
                  icons.getOrDefault(style, 0),
                  found.toned(),
                  found.unmatched().size(),
                  leftOut.getOrDefault(style, List.of()).size(),
                  counts.getOrDefault(Picture.Split.TRAIN, 0),
                  counts.getOrDefault(Picture.Split.HELDOUT, 0),
                  counts.getOrDefault(Picture.Split.UNSEEN, 0)));
    }
    return table.append("%n%d concepts%n".formatted(concepts)).toString();
  }

  void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder("# Emoji pictures\n\n").append(table());
    matches.forEach(
        (style, found) -> {
          text.append("%n## %s%n%n".formatted(style.word()));
          found
              .unmatched()
              .forEach(name -> text.append("- ").append(name).append(": no concept\n"));
          leftOut
              .getOrDefault(style, List.of())
              .forEach(line -> text.append("- ").append(line).append('\n'));
        });
    Files.writeString(file, text);
  }
}
