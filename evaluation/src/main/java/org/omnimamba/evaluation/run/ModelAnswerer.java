package org.omnimamba.evaluation.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.omnimamba.evaluation.data.Fault;
import org.omnimamba.evaluation.data.Picture;
import org.omnimamba.evaluation.data.Question;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.SlotBatch;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.image.ImageDecoder;
import org.omnimamba.model.image.ImageLimits;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.image.ImagePreprocessor;
import org.omnimamba.model.image.InvalidImageException;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.text.Prompt;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.PromptTooLongException;
import org.omnimamba.model.text.Truncation;

/**
 * A loaded model, all slots of which answer. Pictures are read ahead on other threads; one that
 * several questions in a row are about goes through the towers once.
 */
public final class ModelAnswerer implements Answerer {
  /** Pictures whose embeddings are kept, the last used ones. */
  private static final int KEPT_PICTURES = 8;

  private final OmniMamba model;
  private final PromptLayouts layouts;
  private final ImagePreprocessor preprocessor;
  private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
  private final int maxTokens;
  private final int ahead;

  /**
   * @param model is closed with this
   * @param maxTokens of an answer at most
   */
  public ModelAnswerer(OmniMamba model, int maxTokens) {
    this.model = model;
    this.layouts = PromptLayouts.plain(model.config(), model.tokenizer());
    this.preprocessor = new ImagePreprocessor(model.config().vision());
    this.maxTokens = maxTokens;
    this.ahead = model.language().slots();
  }

  @Override
  public void answer(List<Question> questions, Answers answers) throws IOException {
    Requests requests = new Requests(questions.iterator(), answers);
    try {
      new SlotBatch(model, Task.MMU).run(requests, requests::ended);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public void close() {
    model.close();
  }

  /** The questions as a batch takes them. */
  private final class Requests implements Iterator<SlotBatch.Request> {
    private final Iterator<Question> questions;
    private final Answers answers;
    private final Deque<Coming> coming = new ArrayDeque<>();
    private final Map<Sequence, Question> asked = new IdentityHashMap<>();
    private final Map<String, float[]> seen = new LinkedHashMap<>(16, 0.75f, true);
    private SlotBatch.@Nullable Request next;

    /** A question whose picture is being read. */
    private record Coming(Question question, CompletableFuture<ImagePixels> pixels) {}

    Requests(Iterator<Question> questions, Answers answers) {
      this.questions = questions;
      this.answers = answers;
    }

    @Override
    public boolean hasNext() {
      while (next == null) {
        Coming first = comingNext();
        if (first == null) {
          return false;
        }
        next = request(first);
      }
      return true;
    }

    @Override
    public SlotBatch.Request next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      SlotBatch.Request request = Objects.requireNonNull(next);
      next = null;
      return request;
    }

    private @Nullable Coming comingNext() {
      while (coming.size() <= ahead && questions.hasNext()) {
        Question question = questions.next();
        Coming last = coming.peekLast();
        boolean same =
            last != null && last.question().picture().name().equals(question.picture().name());
        coming.add(
            new Coming(
                question,
                last != null && same
                    ? last.pixels()
                    : CompletableFuture.supplyAsync(() -> read(question.picture()))));
      }
      return coming.poll();
    }

    /** Null if the question is unusable. */
    private SlotBatch.@Nullable Request request(Coming first) {
      Question question = first.question();
      try {
        float[] embeddings = embeddings(question.picture(), first.pixels());
        Prompt prompt = layouts.question(question.text(), Truncation.DISABLED, maxTokens);
        Sequence sequence =
            new Sequence(
                model.config(),
                model.tokenizer(),
                prompt,
                GenerationOptions.of(SamplingParameters.greedy()).withMaxNewTokens(maxTokens));
        asked.put(sequence, question);
        return new SlotBatch.Request(sequence, model.language().embedMmu(prompt.ids(), embeddings));
      } catch (PromptTooLongException e) {
        unusable(question, Fault.Kind.REFUSED, e);
      } catch (CompletionException e) {
        unusable(question, Fault.Kind.UNREADABLE_PICTURE, Objects.requireNonNull(e.getCause()));
      }
      return null;
    }

    private float[] embeddings(Picture picture, CompletableFuture<ImagePixels> pixels) {
      float[] known = seen.get(picture.name());
      if (known != null) {
        return known;
      }
      float[] embeddings = model.vision().encode(pixels.join());
      seen.put(picture.name(), embeddings);
      if (seen.size() > KEPT_PICTURES) {
        seen.remove(seen.keySet().iterator().next());
      }
      return embeddings;
    }

    private void unusable(Question question, Fault.Kind kind, Throwable why) {
      if (!(why instanceof InvalidImageException
          || why instanceof PromptTooLongException
          || why instanceof UncheckedIOException)) {
        throw new IllegalStateException(why);
      }
      try {
        answers.unusable(question, kind, String.valueOf(why.getMessage()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void ended(Sequence sequence) {
      try {
        answers.answered(Objects.requireNonNull(asked.remove(sequence)), sequence.text().strip());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private ImagePixels read(Picture picture) {
    try {
      return preprocessor.prepare(decoder.decode(picture.bytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
