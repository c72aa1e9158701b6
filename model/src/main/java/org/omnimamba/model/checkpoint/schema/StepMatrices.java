package org.omnimamba.model.checkpoint.schema;

import java.util.regex.Pattern;

/**
 * The matrices that a decode step reads whole: both projections of every layer, and the heads,
 * which are the embeddings. They are nearly all of the language model, so they are what int8 is
 * for.
 */
public final class StepMatrices {
  private static final Pattern PROJECTION =
      Pattern.compile(
          Pattern.quote(ParameterNames.LANGUAGE)
              + "backbone\\.layers\\.\\d+\\.mixer\\.(in_proj|in_proj\\.[a-z0-9]+_merged|out_proj)"
              + "\\.weight");

  private StepMatrices() {}

  /** Whether a tensor is one of them; projections with an adapter added are too. */
  public static boolean include(String name) {
    return name.equals(ParameterNames.TEXT_EMBEDDING)
        || name.equals(ParameterNames.IMAGE_EMBEDDING)
        || PROJECTION.matcher(name).matches();
  }
}
