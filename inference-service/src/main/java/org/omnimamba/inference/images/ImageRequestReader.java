package org.omnimamba.inference.images;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.InferenceProperties;
import org.omnimamba.inference.api.ApiException;
import org.omnimamba.inference.api.Caller;
import org.omnimamba.inference.api.Checked;
import org.omnimamba.inference.api.Checks;
import org.omnimamba.inference.api.PromptChecks;
import org.omnimamba.inference.api.SamplingReader;
import org.omnimamba.inference.api.UnknownParameters;
import org.omnimamba.inference.engine.GenerationRequest;
import org.omnimamba.inference.engine.PromptInput;
import org.omnimamba.inference.images.ImageResult.TruncationNote;
import org.omnimamba.inference.serving.ServedModel;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.generation.TokenSequence;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.text.Prompt;
import org.springframework.stereotype.Component;

/** Checks an image request, field by field, and lays out its prompt. */
@Component
final class ImageRequestReader {
  private static final int MAX_IMAGES = 10;
  private static final int MAX_PARTIAL_IMAGES = 3;
  private static final int DEFAULT_JPEG_QUALITY = 90;

  /** What DALL-E 2, DALL-E 3 and the GPT image models draw. */
  private static final List<String> SIZES_OF_OPENAI =
      List.of(
          "256x256", "512x512", "1024x1024", "1024x1536", "1024x1792", "1536x1024", "1792x1024");

  private final ServedModel model;
  private final PromptChecks prompts;
  private final Duration timeout;
  private final Clock clock;

  ImageRequestReader(
      ServedModel model, PromptChecks prompts, InferenceProperties properties, Clock clock) {
    this.model = model;
    this.prompts = prompts;
    this.timeout = properties.requestTimeout();
    this.clock = clock;
  }

  /**
   * @throws ApiException naming the field that is wrong
   */
  Checked<ImageJob> read(Caller caller, ImageGenerationRequest request) {
    UnknownParameters.checkImages(request.others());
    model.requireName(request.model());
    checkSize(request.size());
    checkResponseFormat(request.responseFormat());
    OutputFormat format = format(request.outputFormat(), request.outputCompression());
    boolean stream = Checks.flag(request.stream());
    int partialImages = partialImages(request.partialImages(), stream);
    int n = Checks.range("n", request.n(), 1, 1, MAX_IMAGES);
    SamplingParameters sampling =
        SamplingReader.read(request, model.generation().imageTemperature());
    Prompt prompt = prompts.caption(request.prompt(), request.truncation());
    int tokens = model.config().language().imageTokens();
    List<TokenSequence> sequences = new ArrayList<>();
    for (int index = 0; index < n; index++) {
      GenerationOptions options = GenerationOptions.of(sampling).withImageIndex(index);
      sequences.add(model.sequence(prompt, options));
    }
    GenerationRequest generation =
        new GenerationRequest(
            caller.requestId(),
            caller.requester(),
            PromptInput.of(prompt),
            sequences,
            tokens,
            partialImages,
            timeout);
    ImageJob job =
        new ImageJob(
            generation,
            clock.instant().getEpochSecond(),
            model.imageSize(),
            format,
            stream,
            progress(request, stream),
            Checks.flag(request.returnTokenIds()),
            promptTokens(prompt),
            note(prompt));
    return new Checked<>(n, generation.reservedTokens(), () -> job);
  }

  /** The prompt's ids without those that only fill it up. */
  private int promptTokens(Prompt prompt) {
    int pad = model.config().specialTokens().pad();
    return (int) Arrays.stream(prompt.ids()).filter(id -> id != pad).count();
  }

  /**
   * Clients send a size of OpenAI's models by default, which their users have never chosen. The
   * model draws the one that it has; the answer says which.
   */
  private void checkSize(@Nullable String size) {
    if (size != null
        && !size.equals("auto")
        && !size.equals(model.imageSize())
        && !SIZES_OF_OPENAI.contains(size)) {
      throw ApiException.invalidValue(
          "size",
          "'size' must be '%s', 'auto' or, for clients that send such, a size of OpenAI's models: %s."
              .formatted(model.imageSize(), String.join(", ", SIZES_OF_OPENAI)));
    }
  }

  private static void checkResponseFormat(@Nullable String format) {
    if (format != null && !format.equals("b64_json")) {
      throw ApiException.invalidValue(
          "response_format",
          "'response_format' must be 'b64_json'; 'url' is for requests to the gateway that are not"
              + " streamed and not jobs.");
    }
  }

  private static OutputFormat format(@Nullable String name, @Nullable Integer compression) {
    if (name == null || name.equals(OutputFormat.PNG)) {
      if (compression != null && compression != 100) {
        throw ApiException.invalidValue(
            "output_compression", "'output_compression' is for JPEG; a PNG loses nothing.");
      }
      return new OutputFormat(OutputFormat.PNG, 100);
    }
    if (!name.equals(OutputFormat.JPEG)) {
      throw ApiException.invalidValue("output_format", "'output_format' must be 'png' or 'jpeg'.");
    }
    return new OutputFormat(
        OutputFormat.JPEG,
        Math.max(1, Checks.range("output_compression", compression, DEFAULT_JPEG_QUALITY, 0, 100)));
  }

  private static int partialImages(@Nullable Integer value, boolean stream) {
    int count = Checks.range("partial_images", value, 0, 0, MAX_PARTIAL_IMAGES);
    if (count > 0 && !stream) {
      throw ApiException.invalidValue("partial_images", "'partial_images' needs 'stream': true.");
    }
    return count;
  }

  private static boolean progress(ImageGenerationRequest request, boolean stream) {
    ImageGenerationRequest.StreamOptions options = request.streamOptions();
    if (options == null) {
      return false;
    }
    if (!stream) {
      throw ApiException.invalidValue("stream_options", "'stream_options' needs 'stream': true.");
    }
    if (!options.others().isEmpty()) {
      throw ApiException.unsupportedParameter(
          "stream_options." + options.others().keySet().iterator().next());
    }
    return Checks.flag(options.includeProgress());
  }

  private static @Nullable TruncationNote note(Prompt prompt) {
    Prompt.Truncated cut = prompt.truncated();
    return cut == null ? null : new TruncationNote(cut.promptTokens(), cut.keptTokens());
  }
}
