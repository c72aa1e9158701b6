package org.omnimamba.training.icons;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.training.data.InvalidDataException;
import tools.jackson.databind.JsonNode;

/** One icon set in Iconify's JSON. */
public final class IconSet {
  private static final double DEFAULT_SIZE = 16;

  private final Map<String, Icon> icons = new LinkedHashMap<>();
  private final Map<String, String> namesByHexcode = new LinkedHashMap<>();

  /**
   * An icon.
   *
   * @param name unique in its set
   * @param aliases other names of the same picture
   * @param svg a whole SVG document
   */
  public record Icon(String name, List<String> aliases, String svg) {}

  private IconSet() {}

  /**
   * Reads {@code icons.json} and {@code chars.json}.
   *
   * @param folder the unpacked package
   * @throws InvalidDataException if it is no icon set
   */
  public static IconSet read(Path folder) {
    JsonNode root = ConceptCatalog.json(folder.resolve("icons.json"));
    if (!root.path("icons").isObject()) {
      throw new InvalidDataException(folder + "/icons.json holds no icons");
    }
    IconSet set = new IconSet();
    Map<String, List<String>> aliases = new LinkedHashMap<>();
    Map<String, JsonNode> flipped = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> alias : root.path("aliases").properties()) {
      if (alias.getValue().size() == 1) {
        aliases
            .computeIfAbsent(alias.getValue().path("parent").asString(), name -> new ArrayList<>())
            .add(alias.getKey());
      } else {
        flipped.put(alias.getKey(), alias.getValue());
      }
    }
    for (Map.Entry<String, JsonNode> icon : root.path("icons").properties()) {
      set.add(icon.getKey(), aliases, root, icon.getValue(), false);
    }
    for (Map.Entry<String, JsonNode> alias : flipped.entrySet()) {
      JsonNode parent = root.path("icons").path(alias.getValue().path("parent").asString());
      if (parent.isObject() && alias.getValue().path("hFlip").asBoolean(false)) {
        set.add(alias.getKey(), aliases, root, parent, true);
      }
    }
    Path characters = folder.resolve("chars.json");
    if (Files.exists(characters)) {
      for (Map.Entry<String, JsonNode> entry : ConceptCatalog.json(characters).properties()) {
        set.namesByHexcode.put(ConceptCatalog.hexcode(entry.getKey()), entry.getValue().asString());
      }
    }
    return set;
  }

  private void add(
      String name, Map<String, List<String>> aliases, JsonNode root, JsonNode icon, boolean flip) {
    double width = measure(root, icon, "width", DEFAULT_SIZE);
    double height = measure(root, icon, "height", DEFAULT_SIZE);
    double left = measure(root, icon, "left", 0);
    double top = measure(root, icon, "top", 0);
    // Batik reads SVG 1.1, where references are xlink:href
    String body = icon.path("body").asString("").replace(" href=\"#", " xlink:href=\"#");
    if (flip) {
      body =
          "<g transform=\"translate(%s 0) scale(-1 1)\">%s</g>".formatted(2 * left + width, body);
    }
    String svg =
        """
        <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" \
        viewBox="%s %s %s %s">%s</svg>\
        """
            .formatted(left, top, width, height, body);
    icons.put(name, new Icon(name, aliases.getOrDefault(name, List.of()), svg));
  }

  private static double measure(JsonNode root, JsonNode icon, String field, double otherwise) {
    return icon.path(field).asDouble(root.path(field).asDouble(otherwise));
  }

  public Iterable<Icon> icons() {
    return icons.values();
  }

  public int count() {
    return icons.size();
  }

  /** Names of icons by their code points; empty for a set that gives none. */
  public Map<String, String> namesByHexcode() {
    return namesByHexcode;
  }

  public @Nullable Icon icon(String name) {
    return icons.get(name);
  }
}
