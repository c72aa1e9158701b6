package org.omnimamba.inference.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.api.GenerationEvent;
import org.omnimamba.inference.api.GenerationEvent.PromptRead;
import org.omnimamba.inference.api.GenerationEvent.Token;
import org.omnimamba.inference.chat.ChatCompletion.Choice;
import org.omnimamba.inference.chat.ChatCompletion.Logprobs;
import org.omnimamba.inference.chat.ChatCompletion.Message;
import org.omnimamba.inference.chat.ChatCompletion.TokenLogprob;
import org.omnimamba.inference.chat.ChatCompletion.Usage;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GeneratedToken;

/** Gathers a job's tokens into one answer. */
final class ChatCompletionBuilder {
  private final ChatJob job;
  private final LogprobsWriter logprobs;
  private final List<Draft> drafts = new ArrayList<>();
  private int cachedTokens;

  ChatCompletionBuilder(ChatJob job, LogprobsWriter logprobs) {
    this.job = job;
    this.logprobs = logprobs;
    for (int index = 0; index < job.choices(); index++) {
      drafts.add(new Draft());
    }
  }

  void add(GenerationEvent event) {
    if (event instanceof PromptRead prompt) {
      cachedTokens = prompt.cachedTokens();
    } else if (event instanceof Token token) {
      drafts.get(token.index()).add(token.token());
    }
  }

  ChatCompletion result() {
    List<Choice> choices = new ArrayList<>();
    int generated = 0;
    for (int index = 0; index < drafts.size(); index++) {
      Draft draft = drafts.get(index);
      choices.add(draft.choice(index));
      generated += draft.ids.size();
    }
    return new ChatCompletion(
        job.id(),
        "chat.completion",
        job.created(),
        job.model(),
        choices,
        Usage.of(job.promptTokens(), cachedTokens, generated),
        job.truncation());
  }

  /** One answer while it grows. */
  private final class Draft {
    private final StringBuilder text = new StringBuilder();
    private final List<Integer> ids = new ArrayList<>();
    private final List<TokenLogprob> tokenLogprobs = new ArrayList<>();
    private @Nullable FinishReason finish;

    void add(GeneratedToken token) {
      text.append(token.text());
      ids.add(token.id());
      TokenLogprob logprob = logprobs.write(token);
      if (logprob != null) {
        tokenLogprobs.add(logprob);
      }
      finish = token.finishReason();
    }

    Choice choice(int index) {
      return new Choice(
          index,
          Message.of(text.toString()),
          job.logprobs() ? new Logprobs(tokenLogprobs, null) : null,
          ChatChunk.finishReason(Objects.requireNonNull(finish)),
          job.tokenIds() ? ids : null);
    }
  }
}
