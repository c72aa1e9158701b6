package org.omnimamba.inference.api;

import org.jspecify.annotations.Nullable;

/** The sampling fields that chat and image requests share, as they came; null where absent. */
public interface SamplingFields {
  @Nullable Double temperature();

  @Nullable Double topP();

  @Nullable Integer topK();

  @Nullable Double minP();

  @Nullable Double repetitionPenalty();

  @Nullable Long seed();
}
