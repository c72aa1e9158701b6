package org.omnimamba.model.image.vp8;

import java.io.EOFException;
import java.io.IOException;

/** What a key frame says before its macroblocks (RFC 6386, section 9). */
final class FrameHeader {
  static final int SEGMENTS = 4;

  private static final int UNCOMPRESSED_BYTES = 10;
  private static final int MAX_PROFILE = 3;
  private static final int START_CODE = 0x2a019d;
  private static final int TREE_NODES = 3;
  private static final int CERTAIN = 255;
  private static final int NO_SKIPPING = -1;

  final int width;
  final int height;

  /** Holds modes; it stands at the first macroblock. */
  final BoolDecoder modes;

  /** Hold coefficients, a row of macroblocks each by turns. */
  final BoolDecoder[] partitions;

  final boolean segmented;
  private final boolean hasSegmentMap;
  private final boolean absoluteSegments;
  private final int[] segmentQuantizers = new int[SEGMENTS];
  private final int[] segmentFilterLevels = new int[SEGMENTS];
  private final int[] segmentTree = {CERTAIN, CERTAIN, CERTAIN};
  final boolean simpleFilter;
  final int filterLevel;
  final int sharpness;
  private final boolean filterDeltas;
  private final int[] referenceDeltas = new int[SEGMENTS];
  private final int[] modeDeltas = new int[SEGMENTS];
  final Quantizers[] quantizers = new Quantizers[SEGMENTS];

  /** {@code [type][band][context][node]}. */
  final int[][][][] coefficients;

  private final int skipProbability;

  private FrameHeader(byte[] bytes) throws IOException {
    if (bytes.length < UNCOMPRESSED_BYTES) {
      throw new EOFException("the VP8 header ends early");
    }
    int tag = u24(bytes, 0);
    if ((tag & 1) != 0 || (tag >> 1 & 7) > MAX_PROFILE || (tag >> 4 & 1) == 0) {
      throw new IOException("not a key frame that is shown");
    }
    if (u24(bytes, 3) != START_CODE) {
      throw new IOException("the VP8 start code is missing");
    }
    width = (bytes[6] & 0xff | (bytes[7] & 0xff) << 8) & 0x3fff;
    height = (bytes[8] & 0xff | (bytes[9] & 0xff) << 8) & 0x3fff;
    int modesEnd = UNCOMPRESSED_BYTES + (tag >> 5);
    if (modesEnd > bytes.length) {
      throw new EOFException("the first VP8 partition ends early");
    }
    modes = new BoolDecoder(bytes, UNCOMPRESSED_BYTES, modesEnd);
    modes.number(2); // colour space and clamping, which change nothing
    segmented = modes.flag();
    boolean updatesMap = segmented && modes.flag();
    boolean updatesData = segmented && modes.flag();
    absoluteSegments = !updatesData || modes.flag();
    if (updatesData) {
      readEach(segmentQuantizers, 7);
      readEach(segmentFilterLevels, 6);
    }
    hasSegmentMap = updatesMap;
    for (int i = 0; updatesMap && i < TREE_NODES; i++) {
      segmentTree[i] = modes.flag() ? modes.number(8) : CERTAIN;
    }
    simpleFilter = modes.flag();
    filterLevel = modes.number(6);
    sharpness = modes.number(3);
    filterDeltas = modes.flag();
    if (filterDeltas && modes.flag()) {
      readEach(referenceDeltas, 6);
      readEach(modeDeltas, 6);
    }
    partitions = partitions(bytes, modesEnd, 1 << modes.number(2));
    readQuantizers();
    modes.flag(); // whether probabilities outlive the frame
    coefficients = readCoefficientProbabilities();
    skipProbability = modes.flag() ? modes.number(8) : NO_SKIPPING;
    modes.requireNotPastEnd();
  }

  /**
   * @throws EOFException if the data end early
   * @throws IOException if they are no key frame
   */
  static FrameHeader read(byte[] bytes) throws IOException {
    return new FrameHeader(bytes);
  }

  private void readEach(int[] values, int width) {
    for (int i = 0; i < values.length; i++) {
      values[i] = modes.optionalSigned(width);
    }
  }

  private static BoolDecoder[] partitions(byte[] bytes, int sizes, int count) throws EOFException {
    BoolDecoder[] partitions = new BoolDecoder[count];
    int start = sizes + 3 * (count - 1);
    if (start > bytes.length) {
      throw new EOFException("the sizes of VP8 partitions end early");
    }
    for (int i = 0; i < count; i++) {
      int end = bytes.length;
      if (i < count - 1) {
        end = Math.min(end, start + u24(bytes, sizes + 3 * i));
      }
      partitions[i] = new BoolDecoder(bytes, start, end);
      start = end;
    }
    return partitions;
  }

  private void readQuantizers() {
    int base = modes.number(7);
    int[] deltas = new int[5];
    readEach(deltas, 4);
    for (int i = 0; i < SEGMENTS; i++) {
      int index = base;
      if (segmented) {
        index = segmentQuantizers[i] + (absoluteSegments ? 0 : base);
      }
      quantizers[i] = Quantizers.of(index, deltas);
    }
  }

  private int[][][][] readCoefficientProbabilities() {
    int[][][][] read = new int[Tables.TYPES][Tables.BANDS][Tables.CONTEXTS][Tables.NODES];
    for (int type = 0; type < Tables.TYPES; type++) {
      for (int band = 0; band < Tables.BANDS; band++) {
        for (int context = 0; context < Tables.CONTEXTS; context++) {
          for (int node = 0; node < Tables.NODES; node++) {
            boolean updated = modes.bit(Tables.COEFFICIENT_UPDATES[type][band][context][node]) == 1;
            read[type][band][context][node] =
                updated ? modes.number(8) : Tables.COEFFICIENT_DEFAULTS[type][band][context][node];
          }
        }
      }
    }
    return read;
  }

  /** Reads the segment of the next macroblock. */
  int readSegment() {
    if (!hasSegmentMap) {
      return 0;
    }
    return modes.bit(segmentTree[0]) == 0
        ? modes.bit(segmentTree[1])
        : 2 + modes.bit(segmentTree[2]);
  }

  /** Reads whether the next macroblock has no coefficients. */
  boolean readSkipped() {
    return skipProbability != NO_SKIPPING && modes.bit(skipProbability) == 1;
  }

  /** Strength of the loop filter, 0 to 63, for a macroblock. */
  int filterLevel(int segment, boolean bySubBlocks) {
    int level = filterLevel;
    if (segmented) {
      level = segmentFilterLevels[segment] + (absoluteSegments ? 0 : filterLevel);
    }
    if (filterDeltas) {
      level += referenceDeltas[0] + (bySubBlocks ? modeDeltas[0] : 0);
    }
    return Math.max(0, Math.min(63, level));
  }

  private static int u24(byte[] bytes, int at) {
    return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16;
  }
}
