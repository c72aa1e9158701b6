package org.omnimamba.inference.chat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.api.GenerationEvent;
import org.omnimamba.inference.api.GenerationEvent.PromptRead;
import org.omnimamba.inference.api.GenerationEvent.Token;
import org.omnimamba.inference.chat.ChatChunk.Choice;
import org.omnimamba.inference.chat.ChatChunk.Delta;
import org.omnimamba.inference.chat.ChatCompletion.Logprobs;
import org.omnimamba.inference.chat.ChatCompletion.TokenLogprob;
import org.omnimamba.inference.chat.ChatCompletion.TruncationNote;
import org.omnimamba.inference.chat.ChatCompletion.Usage;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GeneratedToken;

/**
 * Turns one job's tokens into chunks: for each choice one with the role, one for each piece of
 * text, one with the finish reason.
 */
final class ChatEvents {
  private final ChatJob job;
  private final LogprobsWriter logprobs;
  private final BitSet begun = new BitSet();
  private int cachedTokens;
  private int generated;

  ChatEvents(ChatJob job, LogprobsWriter logprobs) {
    this.job = job;
    this.logprobs = logprobs;
  }

  List<ChatChunk> of(GenerationEvent event) {
    if (event instanceof PromptRead prompt) {
      cachedTokens = prompt.cachedTokens();
    }
    if (!(event instanceof Token arrived)) {
      return List.of();
    }
    int index = arrived.index();
    GeneratedToken token = arrived.token();
    generated++;
    List<ChatChunk> chunks = new ArrayList<>();
    if (!begun.get(index)) {
      begun.set(index);
      TruncationNote note = begun.cardinality() == 1 ? job.truncation() : null;
      // from here on a choice has logprobs, even if its content stays empty
      Logprobs none = job.logprobs() ? new Logprobs(List.of(), null) : null;
      chunks.add(chunk(new Choice(index, new Delta("assistant", ""), none, null, null), note));
    }
    TokenLogprob logprob = logprobs.write(token);
    if (!token.text().isEmpty() || logprob != null || job.tokenIds()) {
      chunks.add(chunk(content(index, token, logprob), null));
    }
    FinishReason finish = token.finishReason();
    if (finish != null) {
      chunks.add(
          chunk(
              new Choice(index, new Delta(null, null), null, ChatChunk.finishReason(finish), null),
              null));
    }
    return chunks;
  }

  /** What follows the last token: the counts, if they were asked for. */
  List<ChatChunk> end() {
    return job.includeUsage()
        ? List.of(chunk(List.of(), Usage.of(job.promptTokens(), cachedTokens, generated), null))
        : List.of();
  }

  private Choice content(int index, GeneratedToken token, @Nullable TokenLogprob logprob) {
    return new Choice(
        index,
        new Delta(null, token.text()),
        logprob == null ? null : new Logprobs(List.of(logprob), null),
        null,
        job.tokenIds() ? List.of(token.id()) : null);
  }

  private ChatChunk chunk(Choice choice, @Nullable TruncationNote note) {
    return chunk(List.of(choice), null, note);
  }

  private ChatChunk chunk(
      List<Choice> choices, @Nullable Usage usage, @Nullable TruncationNote note) {
    ChatChunk.Counts counts = job.includeUsage() ? new ChatChunk.Counts(usage) : null;
    return new ChatChunk(
        job.id(), "chat.completion.chunk", job.created(), job.model(), choices, counts, note);
  }
}
