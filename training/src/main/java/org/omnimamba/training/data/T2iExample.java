package org.omnimamba.training.data;

/**
 * A picture to draw.
 *
 * @param caption what it shows
 * @param imageIds its tokens, row by row
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record T2iExample(String caption, int[] imageIds) {}
