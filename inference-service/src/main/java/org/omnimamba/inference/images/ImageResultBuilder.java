package org.omnimamba.inference.images;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.omnimamba.inference.api.GenerationEvent;
import org.omnimamba.inference.api.GenerationEvent.Picture;
import org.omnimamba.inference.api.GenerationEvent.Token;
import org.omnimamba.inference.images.ImageResult.Datum;
import org.omnimamba.inference.images.ImageResult.Usage;

/** Gathers a job's events into one answer. */
final class ImageResultBuilder {
  private final ImageJob job;
  private final TokenLists tokens;
  private final String[] pictures;

  ImageResultBuilder(ImageJob job) {
    this.job = job;
    int n = job.generation().sequences().size();
    this.tokens = new TokenLists(n);
    this.pictures = new String[n];
  }

  void add(GenerationEvent event) {
    if (event instanceof Token token) {
      tokens.add(token);
    } else if (event instanceof Picture picture) {
      pictures[picture.index()] = job.format().base64(picture.image());
    }
  }

  ImageResult result() {
    List<Datum> data = new ArrayList<>();
    for (int index = 0; index < pictures.length; index++) {
      data.add(
          new Datum(
              Objects.requireNonNull(pictures[index]), job.tokenIds() ? tokens.of(index) : null));
    }
    int generated = Arrays.stream(tokens.counts()).sum();
    return new ImageResult(
        job.created(),
        ImageResult.BACKGROUND,
        job.format().name(),
        ImageResult.QUALITY,
        job.size(),
        data,
        Usage.of(job.promptTokens(), generated),
        job.truncation());
  }
}
