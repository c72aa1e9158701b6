package org.omnimamba.training.scenes.sprites;

import java.util.List;
import org.omnimamba.training.data.Picture;

/**
 * What is known about one sprite: a line of a split's list.
 *
 * @param split what may use it: training, or one of the evaluation's
 * @param concept an emoji's code points, the same for all styles
 * @param name what it is called, lower case
 * @param synonyms other names that mean no other concept, perhaps none
 * @param group broad kind, such as "food and drink"
 * @param subgroup narrower kind, such as "food fruit"
 * @param style who drew it, one word
 * @param width in pixels, without empty margins
 * @param height in pixels, without empty margins
 */
public record SpriteLabel(
    Picture.Split split,
    String concept,
    String name,
    List<String> synonyms,
    String group,
    String subgroup,
    String style,
    int width,
    int height) {

  public SpriteLabel {
    synonyms = List.copyOf(synonyms);
  }
}
