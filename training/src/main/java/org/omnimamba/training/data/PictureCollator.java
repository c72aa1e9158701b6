package org.omnimamba.training.data;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.text.Tokenizer;

/**
 * Rows for the image parts.
 *
 * <ul>
 *   <li>{@value MmuCollator#PICTURES} {@code [batch, size, size, 3]}, bytes
 *   <li>{@value #MAY_MIRROR} {@code [batch]}: 1 where the mirror image means the same, else 0
 * </ul>
 *
 * and, {@linkplain #withCaptions with captions},
 *
 * <ul>
 *   <li>{@value #CAPTIONS} {@code [batch, length]}, cut or padded on the right with {@code [PAD]}
 *   <li>{@value #CONCEPTS} and {@value #STYLES} {@code [batch]}
 * </ul>
 */
public final class PictureCollator implements Collator<PictureExample> {
  public static final String MAY_MIRROR = "may_mirror";
  public static final String CAPTIONS = "captions";
  public static final String CONCEPTS = "concepts";
  public static final String STYLES = "styles";

  private final @Nullable Captioning captioning;

  private record Captioning(Tokenizer tokenizer, int padding, int length) {}

  private PictureCollator(@Nullable Captioning captioning) {
    this.captioning = captioning;
  }

  /** Pictures alone. */
  public static PictureCollator withoutCaptions() {
    return new PictureCollator(null);
  }

  /**
   * Pictures with captions and labels.
   *
   * @param padding id of {@code [PAD]}
   * @param length ids of a caption
   */
  public static PictureCollator withCaptions(Tokenizer tokenizer, int padding, int length) {
    return new PictureCollator(new Captioning(tokenizer, padding, length));
  }

  @Override
  public Batch collate(List<PictureExample> examples) {
    int rows = examples.size();
    int bytes = examples.get(0).pixels().length;
    byte[] pictures = new byte[Math.multiplyExact(rows, bytes)];
    float[] mayMirror = new float[rows];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(examples.get(row).pixels(), 0, pictures, row * bytes, bytes);
      mayMirror[row] = examples.get(row).mayMirror() ? 1 : 0;
    }
    Batch batch = Batch.empty().with(MmuCollator.PICTURES, pictures).with(MAY_MIRROR, mayMirror);
    return captioning == null ? batch : batch.with(captions(captioning, examples));
  }

  private static Batch captions(Captioning captioning, List<PictureExample> examples) {
    int rows = examples.size();
    int length = captioning.length();
    long[] captions = new long[rows * length];
    long[] concepts = new long[rows];
    long[] styles = new long[rows];
    for (int row = 0; row < rows; row++) {
      PictureExample example = examples.get(row);
      int[] ids = captioning.tokenizer().encode(example.caption());
      Rows.padRight(ids, captions, row, length, captioning.padding());
      concepts[row] = example.concept();
      styles[row] = example.style();
    }
    return Batch.empty().with(CAPTIONS, captions).with(CONCEPTS, concepts).with(STYLES, styles);
  }
}
