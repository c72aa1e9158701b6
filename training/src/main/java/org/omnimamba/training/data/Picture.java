package org.omnimamba.training.data;

import java.util.List;
import java.util.Locale;

/**
 * What is known about one picture: a line of {@code pictures.jsonl}.
 *
 * @param index position in the pictures of its split
 * @param split which file holds it
 * @param concept what is shown, the same text for all pictures of it (an emoji's code points)
 * @param name what it is called, lower case, the answer to "what is this?"
 * @param tags further words for it, perhaps none
 * @param group broad kind, such as "food and drink"
 * @param subgroup narrower kind, such as "food fruit"
 * @param style who drew it, one word
 */
public record Picture(
    int index,
    Split split,
    String concept,
    String name,
    List<String> tags,
    String group,
    String subgroup,
    String style) {

  public Picture {
    tags = List.copyOf(tags);
  }

  /** Parts of the data; training sees the first only. */
  public enum Split {
    /** What is trained on. */
    TRAIN,
    /** Pairs of a concept and a style that training never sees, while it sees both apart. */
    HELDOUT,
    /** A style that training never sees. */
    UNSEEN;

    /** Name in files: lower case. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The caption that evaluation asks for: {@code NAME, STYLE style}. */
  public String canonicalCaption() {
    return name + ", " + style + " style";
  }
}
