package org.omnimamba.model.image.vp8;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/** Decodes one key frame. */
public final class Vp8Decoder {
  private final FrameHeader header;
  private final YuvPicture picture;
  private final Predictor predictor = new Predictor();
  private final byte[] filterLevels;
  private final boolean[] filtersInside;

  private Vp8Decoder(FrameHeader header) {
    this.header = header;
    this.picture = new YuvPicture(header.width, header.height);
    this.filterLevels = new byte[picture.columns() * picture.rows()];
    this.filtersInside = new boolean[filterLevels.length];
  }

  /**
   * Decodes a frame. Takes some 5 bytes of memory for each pixel of its stated size.
   *
   * @param frame the content of a WebP's {@code VP8 } chunk
   * @param width as found by who checked it against the limits
   * @param height likewise
   * @return red, green and blue, {@code [height, width, 3]}
   * @throws EOFException if the data end before the frame does
   * @throws IOException if they are no key frame of this size
   */
  public static byte[] decode(byte[] frame, int width, int height) throws IOException {
    return new ColourConverter(decodeSamples(frame, width, height)).toRgb();
  }

  static YuvPicture decodeSamples(byte[] frame, int width, int height) throws IOException {
    FrameHeader header = FrameHeader.read(frame);
    if (header.width != width || header.height != height) {
      throw new IOException("the VP8 frame has another size");
    }
    Vp8Decoder decoder = new Vp8Decoder(header);
    decoder.reconstruct();
    decoder.filter();
    return decoder.picture;
  }

  private void reconstruct() throws EOFException {
    ModeReader modes = new ModeReader(header, picture.columns());
    CoefficientReader coefficients = new CoefficientReader(header, picture.columns());
    Macroblock block = new Macroblock();
    for (int row = 0; row < picture.rows(); row++) {
      BoolDecoder partition = header.partitions[row & (header.partitions.length - 1)];
      modes.startRow();
      coefficients.startRow();
      for (int column = 0; column < picture.columns(); column++) {
        modes.read(block, column);
        header.modes.requireNotPastEnd();
        coefficients.read(partition, block, column);
        partition.requireNotPastEnd();
        reconstructLuma(block, column, row);
        reconstructChroma(picture.u(), 16, block, column, row);
        reconstructChroma(picture.v(), 20, block, column, row);
        int index = row * picture.columns() + column;
        filterLevels[index] = (byte) header.filterLevel(block.segment, block.bySubBlocks);
        filtersInside[index] = block.bySubBlocks || block.hasCoefficients;
      }
    }
  }

  private void reconstructLuma(Macroblock block, int column, int row) {
    Plane luma = picture.luma();
    if (!block.bySubBlocks) {
      Predictor.predict(luma, block.lumaMode, 16, column, row);
    }
    int aboveRight = aboveRight(column, row);
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 4; x++) {
        int at = luma.at(16 * column + 4 * x, 16 * row + 4 * y);
        if (block.bySubBlocks) {
          int next = x < 3 ? at - luma.stride + 4 : aboveRight;
          predictor.predictSubBlock(luma, block.subBlockModes[4 * y + x], at, next);
        }
        addBlock(block, 4 * y + x, luma, at);
      }
    }
  }

  /**
   * Index of the four samples that lie above and right of the macroblock. All sub-blocks at its
   * right side use them. Past the right end they repeat the last sample above.
   */
  private int aboveRight(int column, int row) {
    Plane luma = picture.luma();
    int at = luma.at(16 * column + 16, 16 * row - 1);
    if (row > 0 && column == picture.columns() - 1) {
      Arrays.fill(luma.samples, at, at + 4, luma.samples[at - 1]);
    }
    return at;
  }

  private void reconstructChroma(Plane plane, int first, Macroblock block, int column, int row) {
    Predictor.predict(plane, block.chromaMode, 8, column, row);
    for (int i = 0; i < 4; i++) {
      addBlock(block, first + i, plane, plane.at(8 * column + 4 * (i & 1), 8 * row + 4 * (i >> 1)));
    }
  }

  private static void addBlock(Macroblock block, int index, Plane plane, int at) {
    if (block.hasCoefficients) {
      Transforms.addInverseCosine(block.coefficients, index * Macroblock.BLOCK, plane, at);
    }
  }

  private void filter() {
    if (header.filterLevel == 0) {
      return;
    }
    LoopFilter filter = new LoopFilter(header, picture);
    for (int row = 0; row < picture.rows(); row++) {
      for (int column = 0; column < picture.columns(); column++) {
        int index = row * picture.columns() + column;
        filter.filter(column, row, filterLevels[index], filtersInside[index]);
      }
    }
  }
}
