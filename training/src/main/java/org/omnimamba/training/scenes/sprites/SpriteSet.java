package org.omnimamba.training.scenes.sprites;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.omnimamba.training.data.InvalidDataException;
import org.omnimamba.training.data.Picture;

/** Some sprites, by style and concept. Immutable; safe for several threads. */
public final class SpriteSet {
  private final List<Sprite> sprites;
  private final Map<String, List<Sprite>> byStyle = new LinkedHashMap<>();
  private final Map<String, List<Sprite>> byConcept = new LinkedHashMap<>();

  /**
   * @throws InvalidDataException if there are none
   */
  public SpriteSet(List<Sprite> sprites) {
    if (sprites.isEmpty()) {
      throw new InvalidDataException("there are no sprites; make them with 'prepare-scenes'");
    }
    this.sprites = List.copyOf(sprites);
    for (Sprite sprite : sprites) {
      byStyle.computeIfAbsent(sprite.label().style(), key -> new ArrayList<>()).add(sprite);
      byConcept.computeIfAbsent(sprite.label().concept(), key -> new ArrayList<>()).add(sprite);
    }
  }

  /**
   * Reads what {@code prepare-scenes} wrote.
   *
   * @throws InvalidDataException if it is not there or damaged
   */
  public static SpriteSet read(Path folder, Picture.Split split) {
    return new SpriteSet(SpriteFile.read(folder, split));
  }

  public List<Sprite> all() {
    return sprites;
  }

  /** Words of the styles, in the order in which sprites name them. */
  public List<String> styles() {
    return List.copyOf(byStyle.keySet());
  }

  /** The sprites of a style; none for a style that is not there. */
  public List<Sprite> ofStyle(String style) {
    return byStyle.getOrDefault(style, List.of());
  }

  /** Code points of all concepts, in the order in which sprites show them. */
  public Set<String> concepts() {
    return new LinkedHashSet<>(byConcept.keySet());
  }

  /** The sprites of a concept; none for a concept that is not there. */
  public List<Sprite> ofConcept(String concept) {
    return byConcept.getOrDefault(concept, List.of());
  }
}
