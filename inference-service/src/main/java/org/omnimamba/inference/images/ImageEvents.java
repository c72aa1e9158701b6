package org.omnimamba.inference.images;

import java.util.List;
import org.omnimamba.inference.api.GenerationEvent;
import org.omnimamba.inference.api.GenerationEvent.PartialPicture;
import org.omnimamba.inference.api.GenerationEvent.Picture;
import org.omnimamba.inference.api.GenerationEvent.Token;
import org.omnimamba.inference.images.ImageResult.Usage;

/** Turns one job's events into those of a stream. */
final class ImageEvents {
  private static final String PREFIX = "image_generation.";

  private final ImageJob job;
  private final TokenLists tokens;
  private boolean promptCounted;

  ImageEvents(ImageJob job) {
    this.job = job;
    this.tokens = new TokenLists(job.generation().sequences().size());
  }

  /** None or one event of the stream. */
  List<ImageEvent> of(GenerationEvent event) {
    if (event instanceof Token token) {
      tokens.add(token);
      return job.progress() ? List.of(progress(token.index())) : List.of();
    }
    if (event instanceof PartialPicture partial) {
      return List.of(partial(partial));
    }
    return event instanceof Picture picture ? List.of(completed(picture)) : List.of();
  }

  private ImageEvent progress(int index) {
    return new ImageEvent.Progress(
        PREFIX + "progress", index, tokens.count(index), job.tokensPerImage());
  }

  private ImageEvent partial(PartialPicture partial) {
    return new ImageEvent.Partial(
        PREFIX + "partial_image",
        job.format().base64(partial.image()),
        job.created(),
        job.size(),
        ImageResult.QUALITY,
        ImageResult.BACKGROUND,
        job.format().name(),
        partial.partial(),
        partial.index());
  }

  private ImageEvent completed(Picture picture) {
    int promptTokens = promptCounted ? 0 : job.promptTokens();
    promptCounted = true;
    return new ImageEvent.Completed(
        PREFIX + "completed",
        job.format().base64(picture.image()),
        job.created(),
        job.size(),
        ImageResult.QUALITY,
        ImageResult.BACKGROUND,
        job.format().name(),
        Usage.of(promptTokens, tokens.count(picture.index())),
        picture.index(),
        job.tokenIds() ? tokens.of(picture.index()) : null,
        job.truncation());
  }
}
