package org.omnimamba.model.runtime.vision;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.VqConfig;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.vq.VectorQuantizer;
import org.omnimamba.model.graph.vq.VqDecoder;
import org.omnimamba.model.graph.vq.VqEncoder;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.image.SignedPixels;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Pictures to image tokens and back, at the model's one picture size. Used by one thread at a time,
 * which may be another than the language model's.
 */
public final class ImageTokenizer {
  /** Pictures of one call; more are decoded in several calls. */
  private static final int LARGEST_BATCH = 4;

  /** Pictures of one call when whole collections are encoded. */
  private static final int ENCODE_BATCH = 64;

  /** What stands where nothing is generated yet: middle grey. */
  private static final byte NEUTRAL = (byte) 128;

  private final VqConfig config;
  private final int rows;
  private final int columns;
  private final ModelPart part;
  private final Map<Integer, CompiledFunction> decoders = new HashMap<>();
  private final Map<Integer, CompiledFunction> encoders = new HashMap<>();

  private ImageTokenizer(ModelConfig model, ModelPart part) {
    LanguageModelConfig language = model.language();
    this.config = model.vq();
    this.rows = language.imageGridHeight();
    this.columns = language.imageGridWidth();
    this.part = part;
  }

  /**
   * Loads the tokenizer's encoder and decoder.
   *
   * @param program the program that runs the tokenizer and owns its weights
   * @param source the checkpoint; needed during this call only
   */
  public static ImageTokenizer load(
      DeviceProgram program, TensorSource source, ModelConfig config, PartOptions options) {
    ModelPart part = new ModelPart(program, options);
    ImageTokenizer tokenizer = new ImageTokenizer(config, part);
    part.load(source, (scope, root) -> tokenizer.buildDecoder(scope, root, 1));
    part.load(source, (scope, root) -> tokenizer.buildEncoder(scope, root, 1));
    return tokenizer;
  }

  /** Width of a picture in pixels. */
  public int width() {
    return columns * config.downsampleFactor();
  }

  /** Height of a picture in pixels. */
  public int height() {
    return rows * config.downsampleFactor();
  }

  /** Tokens of a picture. */
  public int tokens() {
    return rows * columns;
  }

  /**
   * The picture's tokens, row by row.
   *
   * @throws IllegalArgumentException if it is not {@link #width()} by {@link #height()}
   */
  public int[] encode(RgbImage image) {
    check(image);
    return encodeBatch(List.of(image)).get(0);
  }

  /**
   * The tokens of many pictures, in their order.
   *
   * @throws IllegalArgumentException if one is not {@link #width()} by {@link #height()}
   */
  public List<int[]> encode(List<RgbImage> images) {
    images.forEach(this::check);
    List<int[]> codes = new ArrayList<>();
    for (int at = 0; at < images.size(); at += ENCODE_BATCH) {
      int count = Math.min(ENCODE_BATCH, images.size() - at);
      // one size for all calls; the rest of the last one is filled with a picture of it
      List<RgbImage> batch = new ArrayList<>(images.subList(at, at + count));
      batch.addAll(Collections.nCopies(ENCODE_BATCH - count, batch.get(0)));
      codes.addAll(encodeBatch(batch).subList(0, count));
    }
    return codes;
  }

  private void check(RgbImage image) {
    if (image.width() != width() || image.height() != height()) {
      throw new IllegalArgumentException(
          "the model's pictures are %d x %d pixels, not %d x %d"
              .formatted(width(), height(), image.width(), image.height()));
    }
  }

  private List<int[]> encodeBatch(List<RgbImage> images) {
    CompiledFunction encoder =
        encoders.computeIfAbsent(
            images.size(),
            batch ->
                part.function(
                    "vq_encode_" + batch, (scope, root) -> buildEncoder(scope, root, batch)));
    int each = 3 * width() * height();
    float[] pixels = new float[images.size() * each];
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(SignedPixels.of(images.get(i)), 0, pixels, i * each, each);
    }
    long[] codes = encoder.call().floats(pixels).run().longs(0);
    List<int[]> pictures = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      pictures.add(
          Arrays.stream(codes, i * tokens(), (i + 1) * tokens())
              .mapToInt(Math::toIntExact)
              .toArray());
    }
    return pictures;
  }

  /**
   * The pictures of whole token lists.
   *
   * @throws IllegalArgumentException if a list has not {@link #tokens()} tokens, or one is not in
   *     the codebook
   */
  public List<RgbImage> decode(List<int[]> pictures) {
    pictures.forEach(codes -> check(codes, tokens()));
    List<RgbImage> images = new ArrayList<>();
    int at = 0;
    while (at < pictures.size()) {
      int batch = pictures.size() - at >= LARGEST_BATCH ? LARGEST_BATCH : 1;
      images.addAll(decodeBatch(pictures.subList(at, at + batch)));
      at += batch;
    }
    return images;
  }

  /**
   * A picture while it is generated: the rows of tokens that are complete, grey below. For display
   * only, since later tokens still change the pixels above them a little.
   *
   * @param codes the tokens so far, at most {@link #tokens()}
   */
  public RgbImage decodePartial(int[] codes) {
    check(codes, codes.length);
    int wholeRows = codes.length / columns;
    if (codes.length > tokens()) {
      throw new IllegalArgumentException(
          "a picture has %d tokens, not %d".formatted(tokens(), codes.length));
    }
    byte[] rgb = new byte[3 * width() * height()];
    Arrays.fill(rgb, NEUTRAL);
    if (wholeRows > 0) {
      // the last token goes on, so that the edge above it has a quiet neighbourhood
      int[] filled = Arrays.copyOf(codes, tokens());
      Arrays.fill(filled, codes.length, tokens(), codes[codes.length - 1]);
      RgbImage whole = decodeBatch(List.of(filled)).get(0);
      whole.buffer().get(rgb, 0, 3 * width() * wholeRows * config.downsampleFactor());
    }
    return new RgbImage(width(), height(), rgb);
  }

  private void check(int[] codes, int expected) {
    if (codes.length != expected) {
      throw new IllegalArgumentException(
          "a picture has %d tokens, not %d".formatted(expected, codes.length));
    }
    for (int code : codes) {
      if (code < 0 || code >= config.codebookSize()) {
        throw new IllegalArgumentException(
            "image token %d is not in the codebook of %d".formatted(code, config.codebookSize()));
      }
    }
  }

  private List<RgbImage> decodeBatch(List<int[]> pictures) {
    long[] codes = pictures.stream().flatMapToInt(Arrays::stream).asLongStream().toArray();
    CompiledFunction decoder =
        decoders.computeIfAbsent(
            pictures.size(),
            batch ->
                part.function(
                    "vq_decode_" + batch, (scope, root) -> buildDecoder(scope, root, batch)));
    float[] pixels = decoder.call().longs(codes).run().floats(0);
    List<RgbImage> images = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      images.add(SignedPixels.toImage(pixels, i * 3 * width() * height(), width(), height()));
    }
    return images;
  }

  private List<Operand<TInt64>> buildEncoder(FunctionScope scope, BlockContext root, int batch) {
    BlockContext vq = root.in("llm_backbone.vqvae");
    Operand<TFloat32> image = scope.input(TFloat32.class, Shape.of(batch, height(), width(), 3));
    Operand<TFloat32> vectors = new VqEncoder(vq, config).apply(image);
    return List.of(new VectorQuantizer(vq.in("quantize"), config).nearest(vectors));
  }

  private List<Operand<TFloat32>> buildDecoder(FunctionScope scope, BlockContext root, int batch) {
    BlockContext vq = root.in("llm_backbone.vqvae");
    Operand<TInt64> codes = scope.input(TInt64.class, Shape.of(batch, rows, columns));
    Operand<TFloat32> entries = new VectorQuantizer(vq.in("quantize"), config).lookUp(codes);
    return List.of(new VqDecoder(vq, config).apply(entries));
  }
}
