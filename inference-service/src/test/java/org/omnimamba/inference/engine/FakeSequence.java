package org.omnimamba.inference.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.generation.TokenSequence;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.StepOutput;
import org.omnimamba.model.sampling.TokenSampler;

/** A sequence whose tokens a test chooses, from logits. */
public class FakeSequence implements TokenSequence {
  private final int promptTokens;
  private final Source source;
  private final List<Integer> ids = new ArrayList<>();
  private @Nullable FinishReason end;

  /** Where the tokens come from. */
  @FunctionalInterface
  public interface Source {
    /** The token at {@code place}, counted from 0. */
    GeneratedToken next(int place, StepOutput output, TokenSampler sampler);
  }

  public FakeSequence(int promptTokens, Source source) {
    this.promptTokens = promptTokens;
    this.source = source;
  }

  @Override
  public GeneratedToken accept(StepOutput output, TokenSampler sampler) {
    GeneratedToken token = source.next(ids.size(), output, sampler);
    ids.add(token.id());
    end = token.finishReason();
    return token;
  }

  @Override
  public List<PlainDraw> nextDraws(int most) {
    return List.of();
  }

  @Override
  public int lastToken() {
    return ids.get(ids.size() - 1);
  }

  @Override
  public int nextPosition() {
    return promptTokens + ids.size() - 1;
  }

  @Override
  public int generatedTokens() {
    return ids.size();
  }

  @Override
  public int[] tokens() {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public @Nullable FinishReason finishReason() {
    return end;
  }
}
