package org.omnimamba.training.icons;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.omnimamba.training.data.InvalidDataException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All concepts of emojibase. */
public final class ConceptCatalog {
  /** Skin tones and hair that Unicode lists for use in sequences. */
  private static final String COMPONENT = "component";

  private static final Pattern PLAIN_TAG = Pattern.compile("[a-z]{3,}( [a-z]{3,})?");
  private static final List<String> SHORTCODES =
      List.of("cldr", "emojibase", "iamcal", "joypixels", "github", "emojibase-legacy");

  private final Map<String, Concept> byHexcode;
  private final Map<String, List<String>> shortcodes;

  private ConceptCatalog(Map<String, Concept> byHexcode, Map<String, List<String>> shortcodes) {
    this.byHexcode = Collections.unmodifiableMap(byHexcode);
    this.shortcodes = shortcodes;
  }

  /**
   * Reads the package {@code emojibase-data}.
   *
   * @param folder the unpacked package
   * @throws InvalidDataException if it is not as expected
   */
  public static ConceptCatalog read(Path folder) {
    JsonNode groups = json(folder.resolve("meta/groups.json"));
    Map<String, Concept> concepts = new LinkedHashMap<>();
    Map<String, String> names = new LinkedHashMap<>();
    List<JsonNode> entries = new ArrayList<>();
    json(folder.resolve("en/data.json")).forEach(entries::add);
    entries.sort(java.util.Comparator.comparingInt(entry -> entry.path("order").asInt(0)));
    for (JsonNode entry : entries) {
      String group = groups.path("groups").path(entry.path("group").asString("")).asString("");
      if (group.isEmpty() || group.equals(COMPONENT)) {
        continue;
      }
      Concept concept = concept(entry, group, groups);
      String other = names.putIfAbsent(concept.name(), concept.label());
      if (other != null) {
        throw new InvalidDataException(
            "two concepts are called '%s': %s and %s"
                .formatted(concept.name(), other, concept.label()));
      }
      concepts.put(concept.hexcode(), concept);
    }
    Map<String, List<String>> shortcodes = new LinkedHashMap<>();
    for (String kind : SHORTCODES) {
      for (Map.Entry<String, JsonNode> entry :
          json(folder.resolve("en/shortcodes/" + kind + ".json")).properties()) {
        List<String> codes =
            shortcodes.computeIfAbsent(hexcode(entry.getKey()), hexcode -> new ArrayList<>());
        if (entry.getValue().isArray()) {
          entry.getValue().forEach(code -> codes.add(code.asString()));
        } else {
          codes.add(entry.getValue().asString());
        }
      }
    }
    return new ConceptCatalog(concepts, shortcodes);
  }

  private static Concept concept(JsonNode entry, String group, JsonNode groups) {
    String label = entry.path("label").asString();
    String name = ConceptNames.name(label);
    List<String> tags = new ArrayList<>();
    for (JsonNode tag : entry.path("tags")) {
      String text = tag.asString().toLowerCase(Locale.ROOT);
      if (PLAIN_TAG.matcher(text).matches() && !text.equals(name)) {
        tags.add(text);
      }
    }
    String subgroup =
        groups.path("subgroups").path(entry.path("subgroup").asString("")).asString("");
    return new Concept(
        hexcode(entry.path("hexcode").asString()),
        label,
        name,
        List.copyOf(tags),
        group.replace("-", " and "),
        subgroup.replace('-', ' '),
        entry.path("order").asInt());
  }

  /** Code points in upper case, without variation selectors. */
  public static String hexcode(String codePoints) {
    List<String> kept = new ArrayList<>();
    for (String point : codePoints.toUpperCase(Locale.ROOT).split("-", -1)) {
      if (!point.equals("FE0F")) {
        kept.add(point);
      }
    }
    return String.join("-", kept);
  }

  public static JsonNode json(Path file) {
    try {
      return JsonMapper.shared().readTree(Files.readString(file));
    } catch (IOException | JacksonException e) {
      throw new InvalidDataException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** In Unicode's order. */
  public Collection<Concept> all() {
    return byHexcode.values();
  }

  /** The concept of these code points, or null: a skin tone, a component, or nothing known. */
  public @Nullable Concept byHexcode(String codePoints) {
    return byHexcode.get(hexcode(codePoints));
  }

  /** Names of a concept in chat programs. */
  public List<String> shortcodes(Concept concept) {
    return shortcodes.getOrDefault(concept.hexcode(), List.of());
  }
}
