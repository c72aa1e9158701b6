package org.omnimamba.model.config;

/**
 * Sizes of the Mamba-2 language model.
 *
 * @param dModel width of the residual stream
 * @param layers number of Mamba-2 layers
 * @param dState width of the SSM state per head and channel
 * @param headDim channels per head
 * @param expand {@code dInner = expand * dModel}
 * @param dConv taps of the causal depthwise convolution
 * @param chunkSize length of a chunk in the matrix form of the scan
 * @param rmsNormEps epsilon of every RMSNorm, the gated one included
 * @param lora the task adapters on {@code in_proj}
 * @param textVocabSize rows of the text embedding and of the tied head, padding rows included
 * @param imageVocabSize rows of the image-token embedding and of the tied image head
 * @param imageGridHeight image tokens per column
 * @param imageGridWidth image tokens per row
 * @param maxCaptionTokens caption length that a text-to-image prompt is padded or cut to
 * @param t2iPositions rows of {@code pos_embed}
 * @param mmuPositions rows of {@code mmu_pos_embed}
 */
public record LanguageModelConfig(
    int dModel,
    int layers,
    int dState,
    int headDim,
    int expand,
    int dConv,
    int chunkSize,
    float rmsNormEps,
    LoraConfig lora,
    int textVocabSize,
    int imageVocabSize,
    int imageGridHeight,
    int imageGridWidth,
    int maxCaptionTokens,
    int t2iPositions,
    int mmuPositions) {

  /** Ids around the caption in a text-to-image prompt: [t2i][sot] caption [eot][soi]. */
  private static final int T2I_FRAME_TOKENS = 4;

  public LanguageModelConfig {
    Limits.check("d_model", dModel, 1, Limits.WIDTH);
    Limits.check("n_layer", layers, 1, Limits.DEPTH);
    Limits.check("d_state", dState, 1, Limits.WIDTH);
    Limits.check("headdim", headDim, 1, Limits.WIDTH);
    Limits.check("expand", expand, 1, Limits.FACTOR);
    Limits.check("d_conv", dConv, 1, Limits.FACTOR);
    Limits.check("chunk_size", chunkSize, 1, Limits.WIDTH);
    Limits.positive("rms_norm_eps", rmsNormEps);
    Limits.check("text_vocab_padded", textVocabSize, 1, Limits.ROWS);
    Limits.check("image_vocab", imageVocabSize, 1, Limits.ROWS);
    Limits.check("image_grid height", imageGridHeight, 1, Limits.DEPTH);
    Limits.check("image_grid width", imageGridWidth, 1, Limits.DEPTH);
    Limits.check("max_caption_tokens", maxCaptionTokens, 1, Limits.ROWS);
    Limits.check("pos_embed_len", t2iPositions, 1, Limits.ROWS);
    Limits.check("mmu_pos_embed_len", mmuPositions, 1, Limits.ROWS);
    if ((expand * dModel) % headDim != 0) {
      throw new InvalidConfigException(
          "expand * d_model = %d is not a multiple of headdim %d"
              .formatted(expand * dModel, headDim));
    }
    int needed = maxCaptionTokens + T2I_FRAME_TOKENS + imageGridHeight * imageGridWidth;
    if (t2iPositions < needed) {
      throw new InvalidConfigException(
          "pos_embed_len is %d, but a prompt and its image take %d positions"
              .formatted(t2iPositions, needed));
    }
  }

  /** Width of the mixer: {@code expand * dModel}. */
  public int dInner() {
    return expand * dModel;
  }

  /** Number of SSM heads. */
  public int heads() {
    return dInner() / headDim;
  }

  /** Channels that go through the convolution: x, B and C. */
  public int convDim() {
    return dInner() + 2 * dState;
  }

  /** Rows of {@code in_proj}: z, x, B, C and dt. */
  public int inProjDim() {
    return dInner() + convDim() + heads();
  }

  /** Tokens of one generated image. */
  public int imageTokens() {
    return imageGridHeight * imageGridWidth;
  }

  /** Ids of a text-to-image prompt; every such prompt has this length. */
  public int t2iPromptTokens() {
    return maxCaptionTokens + T2I_FRAME_TOKENS;
  }

  /** Positions that a sequence of this task can have: prompt and generated tokens that are fed. */
  public int positions(Task task) {
    return task == Task.T2I ? t2iPositions : mmuPositions;
  }

  /** Rows of the embedding and of the head for one task: image vocabulary or text vocabulary. */
  public int outputVocabSize(Task task) {
    return task == Task.T2I ? imageVocabSize : textVocabSize;
  }

  /** Bytes of one sequence's recurrent state in float32, all layers. */
  public long stateBytes() {
    return 4L * layers * ((long) convDim() * dConv + (long) dInner() * dState);
  }
}
