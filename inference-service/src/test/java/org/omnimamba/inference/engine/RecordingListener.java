package org.omnimamba.inference.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.image.RgbImage;

/** Keeps what the engine reported and lets tests wait for the end. */
final class RecordingListener implements RequestListener {
  private final Map<Integer, List<Integer>> ids = new TreeMap<>();
  private final Map<Integer, RgbImage> images = new TreeMap<>();
  private final List<String> partials = new ArrayList<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private int ends;
  private int cachedTokens = -1;

  @Override
  public synchronized void onPrompt(int cached) {
    if (cachedTokens != -1 || !ids.isEmpty()) {
      throw new AssertionError("the prompt is reported once, before the first token");
    }
    cachedTokens = cached;
  }

  @Override
  public synchronized void onToken(int index, GeneratedToken token) {
    ids.computeIfAbsent(index, any -> new ArrayList<>()).add(token.id());
  }

  @Override
  public synchronized void onPartialImage(int index, int partial, RgbImage image) {
    partials.add(index + "/" + partial);
  }

  @Override
  public synchronized void onImage(int index, RgbImage image) {
    images.put(index, image);
  }

  @Override
  public synchronized void onCompleted() {
    ends++;
    end.complete(null);
  }

  @Override
  public synchronized void onFailed(EngineException failure) {
    ends++;
    end.completeExceptionally(failure);
  }

  /** All ids per sequence, once the request has completed. */
  Map<Integer, List<Integer>> result() {
    end.orTimeout(30, TimeUnit.SECONDS).join();
    synchronized (this) {
      return new TreeMap<>(ids);
    }
  }

  /** Why the request failed, once it has. */
  EngineException failure() {
    return end.orTimeout(30, TimeUnit.SECONDS)
        .handle((ok, error) -> error instanceof EngineException e ? e : null)
        .join();
  }

  /** Positions of the prompt that were reused; -1 if it has not been read. */
  synchronized int cachedTokens() {
    return cachedTokens;
  }

  synchronized int tokens() {
    return ids.values().stream().mapToInt(List::size).sum();
  }

  synchronized Map<Integer, RgbImage> images() {
    return new TreeMap<>(images);
  }

  synchronized List<String> partials() {
    return List.copyOf(partials);
  }

  /** How often the end was reported; must never be more than once. */
  synchronized int ends() {
    return ends;
  }
}
