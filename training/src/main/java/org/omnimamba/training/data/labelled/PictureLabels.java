package org.omnimamba.training.data.labelled;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.training.data.InvalidDataException;
import org.omnimamba.training.data.Picture;

/** Numbers of concepts and styles, in the order in which the pictures of training name them. */
public final class PictureLabels {
  private final Map<String, Integer> concepts = new LinkedHashMap<>();
  private final Map<String, Integer> styles = new LinkedHashMap<>();

  /**
   * @param pictures those of training
   */
  public PictureLabels(List<Picture> pictures) {
    for (Picture picture : pictures) {
      concepts.putIfAbsent(picture.concept(), concepts.size());
      styles.putIfAbsent(picture.style(), styles.size());
    }
  }

  /** How many concepts there are. */
  public int concepts() {
    return concepts.size();
  }

  /** How many styles there are. */
  public int styles() {
    return styles.size();
  }

  /**
   * Number of the concept.
   *
   * @throws InvalidDataException if training knows no picture of it
   */
  public int concept(Picture picture) {
    return number(concepts, picture.concept());
  }

  /**
   * Number of the style.
   *
   * @throws InvalidDataException if training knows no picture in it
   */
  public int style(Picture picture) {
    return number(styles, picture.style());
  }

  private static int number(Map<String, Integer> numbers, String name) {
    Integer number = numbers.get(name);
    if (number == null) {
      throw new InvalidDataException("no picture of training is labelled " + name);
    }
    return number;
  }
}
