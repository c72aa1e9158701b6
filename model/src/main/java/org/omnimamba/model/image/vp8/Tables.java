package org.omnimamba.model.image.vp8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;

/** The long tables of RFC 6386, read once from a resource. */
final class Tables {
  static final int TYPES = 4;
  static final int BANDS = 8;
  static final int CONTEXTS = 3;
  static final int NODES = 11;
  static final int SUB_BLOCK_MODES = 10;

  private static final int QUANTIZERS = 128;

  /** {@code [type][band][context][node]}. */
  static final int[][][][] COEFFICIENT_DEFAULTS;

  /** {@code [type][band][context][node]}. */
  static final int[][][][] COEFFICIENT_UPDATES;

  /** {@code [mode above][mode at the left][node]}. */
  static final int[][][] SUB_BLOCK_MODE_NODES;

  static final int[] DC_QUANTIZERS;
  static final int[] AC_QUANTIZERS;

  static {
    try (InputStream in = Tables.class.getResourceAsStream("tables.txt")) {
      if (in == null) {
        throw new IllegalStateException("the resource tables.txt is missing");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      try (Scanner numbers = new Scanner(text.replaceAll("(?m)^#.*$", ""))) {
        COEFFICIENT_DEFAULTS = coefficients(numbers);
        COEFFICIENT_UPDATES = coefficients(numbers);
        SUB_BLOCK_MODE_NODES = new int[SUB_BLOCK_MODES][SUB_BLOCK_MODES][];
        for (int[][] above : SUB_BLOCK_MODE_NODES) {
          for (int left = 0; left < SUB_BLOCK_MODES; left++) {
            above[left] = row(numbers, SUB_BLOCK_MODES - 1);
          }
        }
        DC_QUANTIZERS = row(numbers, QUANTIZERS);
        AC_QUANTIZERS = row(numbers, QUANTIZERS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Tables() {}

  private static int[][][][] coefficients(Scanner numbers) {
    int[][][][] table = new int[TYPES][BANDS][CONTEXTS][];
    for (int[][][] type : table) {
      for (int[][] band : type) {
        for (int context = 0; context < CONTEXTS; context++) {
          band[context] = row(numbers, NODES);
        }
      }
    }
    return table;
  }

  private static int[] row(Scanner numbers, int length) {
    int[] row = new int[length];
    for (int i = 0; i < length; i++) {
      row[i] = numbers.nextInt();
    }
    return row;
  }
}
