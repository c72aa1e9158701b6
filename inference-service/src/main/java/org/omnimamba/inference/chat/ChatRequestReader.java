package org.omnimamba.inference.chat;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.InferenceProperties;
import org.omnimamba.inference.InferenceProperties.Limits;
import org.omnimamba.inference.api.ApiException;
import org.omnimamba.inference.api.Caller;
import org.omnimamba.inference.api.Checked;
import org.omnimamba.inference.api.Checks;
import org.omnimamba.inference.api.PromptChecks;
import org.omnimamba.inference.api.RandomIds;
import org.omnimamba.inference.api.SamplingReader;
import org.omnimamba.inference.api.UnknownParameters;
import org.omnimamba.inference.chat.ChatCompletion.TruncationNote;
import org.omnimamba.inference.engine.GenerationRequest;
import org.omnimamba.inference.engine.PictureKey;
import org.omnimamba.inference.engine.PromptInput;
import org.omnimamba.inference.serving.ServedModel;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.generation.TokenSequence;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.image.InvalidImageException;
import org.omnimamba.model.text.AnswerChoices;
import org.omnimamba.model.text.Prompt;
import org.omnimamba.model.text.PromptTooLongException;
import org.omnimamba.model.text.UnspellableTextException;
import org.springframework.stereotype.Component;

/** Checks a chat request and lays out its prompt; preparing its picture comes after that. */
@Component
final class ChatRequestReader {
  private static final int MAX_TOP_LOGPROBS = 20;
  private static final int NO_LOGPROBS = -1;

  /** As in OpenAI's API. */
  private static final float TEMPERATURE = 1;

  private final ServedModel model;
  private final MessagesReader messages;
  private final PromptChecks prompts;
  private final InferenceProperties properties;
  private final Clock clock;

  ChatRequestReader(
      ServedModel model,
      MessagesReader messages,
      PromptChecks prompts,
      InferenceProperties properties,
      Clock clock) {
    this.model = model;
    this.messages = messages;
    this.prompts = prompts;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * Tokenizes, and to prepare the result takes the time that a picture takes: not for an event
   * loop.
   *
   * @throws ApiException naming the field that is wrong
   */
  Checked<ChatJob> read(Caller caller, ChatCompletionRequest request) {
    Limits limits = properties.limits();
    UnknownParameters.checkChat(request.others());
    model.requireName(request.model());
    boolean stream = Checks.flag(request.stream());
    boolean includeUsage = includeUsage(request.streamOptions(), stream);
    int n = Checks.range("n", request.n(), 1, 1, limits.choices());
    int topLogprobs = topLogprobs(request);
    GenerationOptions options =
        options(request, limits.defaultCompletionTokens()).withTopLogprobs(topLogprobs);
    Conversation conversation = messages.read(request.messages());
    Prompt prompt = layOut(conversation, request.truncation(), options.maxNewTokens());
    List<TokenSequence> sequences = new ArrayList<>();
    int longest = 0;
    for (int index = 0; index < n; index++) {
      Sequence sequence = model.sequence(prompt, options.withImageIndex(index));
      longest = Math.max(longest, sequence.maxNewTokens());
      sequences.add(sequence);
    }
    int maxNewTokens = longest;
    return new Checked<>(
        n,
        prompt.length() + (long) longest * n,
        () ->
            new ChatJob(
                new GenerationRequest(
                    caller.requestId(),
                    caller.requester(),
                    input(prompt, conversation.picture(), caller.requester().tenant()),
                    sequences,
                    maxNewTokens,
                    0,
                    properties.requestTimeout()),
                RandomIds.next("chatcmpl-"),
                clock.instant().getEpochSecond(),
                model.name(),
                stream,
                includeUsage,
                topLogprobs != NO_LOGPROBS,
                Checks.flag(request.returnTokenIds()),
                note(prompt)));
  }

  private GenerationOptions options(ChatCompletionRequest request, int tokensIfAbsent) {
    int maxTokens = maxTokens(request, tokensIfAbsent);
    List<String> stop = StopReader.read(request.stop());
    AnswerChoices choices = choices(request);
    if (choices != null && !stop.isEmpty()) {
      throw ApiException.invalidValue(
          "stop", "'stop' would cut an answer that must be one of some choices.");
    }
    return GenerationOptions.of(SamplingReader.read(request, TEMPERATURE))
        .withMaxNewTokens(choices == null ? maxTokens : Math.min(maxTokens, choices.mostTokens()))
        .withStop(stop)
        .withChanges(LogitChangesReader.read(request, model.tokenizer().size()))
        .withChoices(choices);
  }

  private @Nullable AnswerChoices choices(ChatCompletionRequest request) {
    AnswerTexts texts = AnswerTextsReader.read(request);
    if (texts == null) {
      return null;
    }
    try {
      return model.tokenizer().choices(texts.all(), model.config().specialTokens().eos());
    } catch (UnspellableTextException e) {
      throw ApiException.invalidValue(
          texts.param(), "No answer can be one of the choices: %s.".formatted(e.getMessage()));
    }
  }

  private static boolean includeUsage(
      ChatCompletionRequest.@Nullable StreamOptions options, boolean stream) {
    if (options == null) {
      return false;
    }
    if (!stream) {
      throw ApiException.invalidValue("stream_options", "'stream_options' needs 'stream': true.");
    }
    options
        .others()
        .forEach(
            (name, value) -> {
              // include_obfuscation pads chunks at OpenAI; leaving padding out changes nothing
              if (!value.isNull() && !name.equals("include_obfuscation")) {
                throw ApiException.unsupportedParameter("stream_options." + name);
              }
            });
    return Checks.flag(options.includeUsage());
  }

  private static int maxTokens(ChatCompletionRequest request, int absent) {
    int older = Checks.range("max_tokens", request.maxTokens(), absent, 1, Integer.MAX_VALUE);
    return Checks.range(
        "max_completion_tokens", request.maxCompletionTokens(), older, 1, Integer.MAX_VALUE);
  }

  private static int topLogprobs(ChatCompletionRequest request) {
    int top = Checks.range("top_logprobs", request.topLogprobs(), 0, 0, MAX_TOP_LOGPROBS);
    if (Checks.flag(request.logprobs())) {
      return top;
    }
    if (top > 0) {
      throw ApiException.invalidValue("top_logprobs", "'top_logprobs' needs 'logprobs': true.");
    }
    return NO_LOGPROBS;
  }

  private Prompt layOut(Conversation conversation, @Nullable String truncation, int maxTokens) {
    try {
      return model
          .layouts()
          .conversation(conversation.turns(), prompts.truncation(truncation), maxTokens);
    } catch (PromptTooLongException e) {
      throw prompts.tooLong("messages", e);
    }
  }

  private PromptInput input(
      Prompt prompt, Conversation.@Nullable Picture picture, @Nullable String tenant) {
    if (picture == null) {
      return PromptInput.of(prompt);
    }
    ImagePixels pixels = pixels(picture);
    String owner = properties.pictures().shared() ? null : tenant;
    return PromptInput.about(prompt, pixels, PictureKey.of(pixels, owner));
  }

  private ImagePixels pixels(Conversation.Picture picture) {
    try {
      return model.pixels(picture.encoded());
    } catch (InvalidImageException e) {
      String reason = e.reason().name().toLowerCase(Locale.ROOT);
      throw ApiException.invalid(
          picture.param(),
          "image_" + reason,
          "The picture cannot be used: %s.".formatted(e.getMessage()));
    }
  }

  private static @Nullable TruncationNote note(Prompt prompt) {
    Prompt.Truncated cut = prompt.truncated();
    return cut == null ? null : new TruncationNote(cut.promptTokens(), cut.keptTokens());
  }
}
