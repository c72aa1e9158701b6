package org.omnimamba.training.data;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.Tokenizer;

/**
 * Rows for understanding. The frame {@code [mmu][soi]} image {@code [eoi][sot]} in front is the
 * objective's; here is the text after it, padded on the right with {@code [PAD]} to a fixed length:
 *
 * <ul>
 *   <li>{@value #INPUT_IDS} {@code [batch, maxLength]}
 *   <li>{@value #LABELS} {@code [batch, maxLength]}: the same ids, not shifted, or -100 where there
 *       is no loss
 *   <li>{@value #PICTURES} {@code [batch, imageSize, imageSize, 3]}, bytes as the towers' resize
 *       leaves them; zeros in a row without a picture
 *   <li>{@value #HAS_PICTURE} {@code [batch]}: 1 or 0; rows with pictures come first (see
 *       docs/reference-behaviours.md, 31)
 * </ul>
 */
public final class MmuCollator implements Collator<MmuExample> {
  public static final String INPUT_IDS = "input_ids";
  public static final String LABELS = "labels";
  public static final String PICTURES = "pictures";
  public static final String HAS_PICTURE = "has_picture";

  private final Tokenizer tokenizer;
  private final MmuText text;
  private final int maxLength;
  private final int pictureBytes;
  private final int padding;
  private final int endOfTurns;

  /**
   * @param maxLength ids of a row; the reference trains with 449
   * @throws org.omnimamba.model.text.InvalidTokenizerException if the tokenizer belongs to another
   *     model
   */
  public MmuCollator(ModelConfig config, Tokenizer tokenizer, MmuText text, int maxLength) {
    tokenizer.requireMatches(config);
    this.tokenizer = tokenizer;
    this.text = text;
    this.maxLength = maxLength;
    this.pictureBytes = PictureSet.bytesPerPicture(config.vision().imageSize());
    this.padding = config.specialTokens().pad();
    this.endOfTurns = config.specialTokens().eot();
  }

  @Override
  public Batch collate(List<MmuExample> examples) {
    List<MmuExample> sorted = new ArrayList<>();
    examples.stream().filter(example -> example.picture() != null).forEach(sorted::add);
    examples.stream().filter(example -> example.picture() == null).forEach(sorted::add);
    int rows = sorted.size();
    long[] ids = new long[rows * maxLength];
    long[] labels = new long[rows * maxLength];
    byte[] pictures = new byte[Math.multiplyExact(rows, pictureBytes)];
    float[] hasPicture = new float[rows];
    for (int row = 0; row < rows; row++) {
      MmuExample example = sorted.get(row);
      MmuText.Row made = text.row(tokenizer, example.turns(), maxLength, endOfTurns);
      Rows.padRight(made.ids(), ids, row, maxLength, padding);
      Rows.padRight(made.labels(), labels, row, maxLength, MmuText.IGNORED);
      byte[] picture = example.picture();
      if (picture != null) {
        requireSize(picture);
        System.arraycopy(picture, 0, pictures, row * pictureBytes, pictureBytes);
        hasPicture[row] = 1;
      }
    }
    return Batch.empty()
        .with(INPUT_IDS, ids)
        .with(LABELS, labels)
        .with(PICTURES, pictures)
        .with(HAS_PICTURE, hasPicture);
  }

  private void requireSize(byte[] picture) {
    if (picture.length != pictureBytes) {
      throw new InvalidDataException(
          "a picture of %d bytes, but the model's towers take %d; prepare the data in their size"
              .formatted(picture.length, pictureBytes));
    }
  }
}
