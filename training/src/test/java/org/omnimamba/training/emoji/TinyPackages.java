package org.omnimamba.training.emoji;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.omnimamba.training.icons.NpmPackage;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A folder as npm leaves it, with a handful of concepts and a few icons in each set. */
public final class TinyPackages {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path folder;

  /** Writes everything that {@code prepare} would fetch. */
  public TinyPackages(Path folder) {
    this.folder = folder;
    write(
        NpmPackage.EMOJIBASE,
        Map.of(
            "meta/groups.json",
            """
            {"groups": {"2": "component", "4": "food-drink", "9": "flags"},
             "subgroups": {"42": "food-fruit", "98": "country-flag"}}\
            """,
            "en/data.json",
            """
            [{"label": "light skin tone", "hexcode": "1F3FB", "group": 2, "order": 9},
             {"label": "regional indicator A", "hexcode": "1F1E6"},
             {"label": "flag: Canada", "hexcode": "1F1E8-1F1E6", "group": 9, "subgroup": 98, "order": 7},
             {"label": "red apple", "hexcode": "1F34E", "tags": ["apple", "Fruit", "x1", "red apple"],
              "group": 4, "subgroup": 42, "order": 1},
             {"label": "pear", "hexcode": "1F350", "tags": [], "group": 4, "subgroup": 42, "order": 2},
             {"label": "water pistol", "hexcode": "1F52B", "group": 4, "subgroup": 42, "order": 3},
             {"label": "right arrow", "hexcode": "27A1-FE0F", "group": 4, "subgroup": 42, "order": 4}]\
            """));
    for (String kind :
        List.of("cldr", "emojibase", "iamcal", "joypixels", "github", "emojibase-legacy")) {
      file(
          NpmPackage.EMOJIBASE,
          "en/shortcodes/" + kind + ".json",
          kind.equals("github") ? "{\"1F350\": [\"pear\", \"green_pear\"]}" : "{}");
    }
    set(
        EmojiStyle.NOTO,
        Map.of("1f34e", "red-apple", "1f350", "pear"),
        "red-apple",
        "red",
        "pear",
        "green");
    set(
        EmojiStyle.TWEMOJI,
        Map.of(
            "1f34e",
            "red-apple",
            "1f350",
            "pear",
            "27a1",
            "right-arrow",
            "1f1e8-1f1e6",
            "flag-canada"),
        "red-apple",
        "red",
        "red-apple-dark-skin-tone",
        "brown",
        "pear",
        "lime",
        "right-arrow",
        "blue",
        "flag-canada",
        "tomato");
    set(
        EmojiStyle.FLUENT,
        Map.of("1f34e", "red-apple", "1f350", "pear"),
        "red-apple",
        "gold",
        "pear",
        "gold");
    set(
        EmojiStyle.FXEMOJI,
        Map.of(),
        "redapple",
        "crimson",
        "greenpear",
        "olive",
        "pistol",
        "black",
        "foxgrin",
        "orange");
    set(EmojiStyle.EMOJIONE, Map.of(), "flag-for-canada", "pink", "red-apple", "coral");
    set(
        EmojiStyle.OPENMOJI,
        Map.of("1f34e", "red-apple", "1f52b", "water-pistol"),
        "red-apple",
        "plum",
        "water-pistol",
        "navy");
  }

  /**
   * @param namesAndColours each icon is a disc of its colour
   */
  private void set(EmojiStyle style, Map<String, String> characters, String... namesAndColours) {
    ObjectNode root =
        JSON.createObjectNode().put("prefix", style.word()).put("width", 32).put("height", 32);
    ObjectNode icons = root.putObject("icons");
    for (int i = 0; i < namesAndColours.length; i += 2) {
      icons
          .putObject(namesAndColours[i])
          .put(
              "body",
              "<circle cx=\"16\" cy=\"16\" r=\"16\" fill=\"%s\"/>"
                  .formatted(namesAndColours[i + 1]));
    }
    write(
        style.source(),
        Map.of(
            "icons.json",
            root.toString(),
            "chars.json",
            JSON.writeValueAsString(new TreeMap<>(characters))));
  }

  private void write(NpmPackage source, Map<String, String> files) {
    file(source, "package.json", "{\"version\": \"%s\"}".formatted(source.version()));
    files.forEach((name, text) -> file(source, name, text));
  }

  private void file(NpmPackage source, String name, String text) {
    Path file = folder.resolve("node_modules").resolve(source.name()).resolve(name);
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
