package org.omnimamba.training.data;

import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a picture shows, in one or several ways. */
final class Captions {
  private Captions() {}

  /**
   * The captions of a line that has {@code caption} or {@code captions}.
   *
   * @throws InvalidDataException if it has neither, or a list without texts
   */
  @SuppressWarnings("ConstantValue") // the JSON decides what is null
  static List<String> of(Path file, @Nullable String one, @Nullable List<String> several) {
    if (one != null) {
      return List.of(one);
    }
    if (several == null || several.isEmpty() || several.stream().anyMatch(text -> text == null)) {
      throw new InvalidDataException(
          "%s: a line has neither a 'caption' nor a list of 'captions'".formatted(file));
    }
    return List.copyOf(several);
  }

  /** One of them by chance, as the reference takes one for each draw. */
  static String any(List<String> captions, RandomGenerator random) {
    return captions.get(captions.size() == 1 ? 0 : random.nextInt(captions.size()));
  }
}
