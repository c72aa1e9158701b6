package org.omnimamba.model.testing;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The library's front: packages that other modules may use. All others are its inside, however
 * public their classes are.
 */
public final class FrontPackages {
  private static final String ROOT = "org.omnimamba.model";

  private static final Set<String> SERVICES =
      Set.of(
          ".",
          "checkpoint",
          "checkpoint.tensor",
          "config",
          "device",
          "generation",
          "graph",
          "image",
          "runtime",
          "runtime.language",
          "runtime.vision",
          "sampling",
          "text",
          "weights");

  private static final Set<String> TRAINING_TOO =
      Set.of(
          "checkpoint.safetensors", "checkpoint.schema", "graph.mamba", "graph.vision", "graph.vq");

  private FrontPackages() {}

  /** What runs models: packages by their names under the root. */
  public static Set<String> forServices() {
    return SERVICES;
  }

  /** What makes models: the building blocks and formats too. */
  public static Set<String> forTraining() {
    return Stream.concat(SERVICES.stream(), TRAINING_TOO.stream()).collect(Collectors.toSet());
  }

  /** A class of the library outside these packages. */
  public static DescribedPredicate<JavaClass> insideOf(Set<String> front) {
    return DescribedPredicate.describe(
        "are the inside of " + ROOT,
        type -> {
          String name = type.getBaseComponentType().getPackageName();
          String inside =
              name.equals(ROOT)
                  ? "."
                  : name.startsWith(ROOT + ".") ? name.substring(ROOT.length() + 1) : "";
          return !inside.isEmpty() && !front.contains(inside);
        });
  }
}
