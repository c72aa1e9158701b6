package org.omnimamba.inference.images;

import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.engine.GenerationRequest;
import org.omnimamba.inference.images.ImageResult.TruncationNote;

/**
 * A checked image request.
 *
 * @param created Unix time in seconds
 * @param size {@code widthxheight}
 * @param progress whether a stream tells each token
 * @param promptTokens of the prompt that the answer counts: without padding
 * @param truncation what was cut off the caption
 */
record ImageJob(
    GenerationRequest generation,
    long created,
    String size,
    OutputFormat format,
    boolean stream,
    boolean progress,
    boolean tokenIds,
    int promptTokens,
    @Nullable TruncationNote truncation) {

  int tokensPerImage() {
    return generation.maxTokens();
  }
}
