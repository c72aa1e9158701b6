/**
 * Training data: file formats, pictures in memory, batches and how they reach the device in time.
 *
 * <p><b>Pictures.</b> A folder holds {@code pictures.jsonl}, one {@link
 * org.omnimamba.training.data.Picture} a line, and for each split {@code pictures-SPLIT.bin.gz}:
 * raw RGB bytes {@code [count, size, size, 3]} row-major, gzip around the whole, nothing else.
 * {@code pictures.json} gives the size and the counts.
 *
 * <p><b>Order.</b> Nothing about the position in the data is stored with a checkpoint: the batch of
 * step {@code n} is a pure function of (seed, n), so a resumed run sees what a straight one would
 * have seen.
 */
@NullMarked
package org.omnimamba.training.data;

import org.jspecify.annotations.NullMarked;
