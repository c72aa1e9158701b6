package org.omnimamba.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.engine.Engine;
import org.omnimamba.inference.engine.EngineException;
import org.omnimamba.inference.engine.EngineException.Reason;
import org.omnimamba.inference.engine.GenerationRequest;
import org.omnimamba.inference.engine.PictureKey;
import org.omnimamba.inference.engine.PromptInput;
import org.omnimamba.inference.engine.RequestListener;
import org.omnimamba.inference.engine.Requester;
import org.omnimamba.inference.serving.ServedModel;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.generation.TokenSequence;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.text.Prompt;
import org.omnimamba.model.text.Truncation;

/**
 * A client that always wants something: short and long questions, questions on one of six pictures,
 * and pictures of captions, by turns.
 */
final class OverloadClient {
  private static final int KINDS = 4;
  private static final int PICTURES = 6;
  private static final int ANSWER_TOKENS = 48;
  private static final long RETRY_MILLIS = 5;
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private final Engine engine;
  private final ServedModel model;
  private final OverloadFigures figures;
  private final ScheduledExecutorService clock;
  private final long end;
  private int number;

  /**
   * @param clock on which requests are submitted, after answers and after refusals
   * @param end time of {@link System#nanoTime} after which nothing is submitted
   */
  OverloadClient(
      int client,
      Engine engine,
      ServedModel model,
      OverloadFigures figures,
      ScheduledExecutorService clock,
      long end) {
    this.number = 31 * client;
    this.engine = engine;
    this.model = model;
    this.figures = figures;
    this.clock = clock;
    this.end = end;
  }

  /** Submits the next request from the clock's thread. */
  void next() {
    later(0);
  }

  private void later(long millis) {
    try {
      ScheduledFuture<?> unused = clock.schedule(this::submit, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // the run is over
    }
  }

  private void submit() {
    long now = System.nanoTime();
    if (now - end >= 0) {
      return;
    }
    try {
      engine.submit(request(number), new Listener(now));
      number++;
      figures.addAccepted();
    } catch (EngineException e) {
      if (e.reason() == Reason.QUEUE_FULL) {
        figures.addRefused();
      } else {
        figures.addFailed(e);
      }
      later(RETRY_MILLIS);
    } catch (RuntimeException e) {
      figures.addFailed(e);
    }
  }

  private GenerationRequest request(int kind) {
    return switch (kind % KINDS) {
      case 0 -> question("What is it?", null);
      case 1 -> question("Tell me all about it. ".repeat(30), null);
      case 2 -> question("What is in the picture?", picture(kind % PICTURES));
      default -> drawing();
    };
  }

  private GenerationRequest question(String text, @Nullable ImagePixels pixels) {
    Prompt prompt = model.layouts().question(text, Truncation.AUTO, ANSWER_TOKENS);
    PromptInput input =
        pixels == null
            ? PromptInput.of(prompt)
            : PromptInput.about(prompt, pixels, PictureKey.of(pixels, null));
    GenerationOptions options =
        GenerationOptions.of(SamplingParameters.defaults()).withMaxNewTokens(ANSWER_TOKENS);
    Sequence sequence = model.sequence(prompt, options);
    return request(input, List.of(sequence), sequence.maxNewTokens());
  }

  private GenerationRequest drawing() {
    Prompt prompt = model.layouts().t2i("a red square", Truncation.AUTO);
    GenerationOptions options = GenerationOptions.of(SamplingParameters.defaults());
    int tokens = model.config().language().imageTokens();
    return request(PromptInput.of(prompt), List.of(model.sequence(prompt, options)), tokens);
  }

  private static GenerationRequest request(
      PromptInput input, List<TokenSequence> sequences, int maxTokens) {
    return new GenerationRequest(
        "overload", Requester.UNKNOWN, input, sequences, maxTokens, 0, TIMEOUT);
  }

  private ImagePixels picture(int index) {
    ModelConfig config = model.config();
    int size = config.vision().imageSize();
    List<float[]> towers = new ArrayList<>();
    for (int tower = 0; tower < config.vision().towers().size(); tower++) {
      float[] pixels = new float[3 * size * size];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (float) Math.sin(i * (0.01 + 0.003 * index));
      }
      towers.add(pixels);
    }
    return new ImagePixels(size, towers);
  }

  /** Engine thread: takes times, and leaves the next request to the clock's thread. */
  private final class Listener implements RequestListener {
    private final long submitted;
    private long last;

    Listener(long submitted) {
      this.submitted = submitted;
    }

    @Override
    public void onToken(int index, GeneratedToken token) {
      long now = System.nanoTime();
      if (last == 0) {
        figures.addFirstToken(now - submitted);
      } else {
        figures.addGap(now - last);
      }
      last = now;
    }

    @Override
    public void onCompleted() {
      figures.addCompleted();
      next();
    }

    @Override
    public void onFailed(EngineException failure) {
      figures.addFailed(failure);
      next();
    }
  }
}
