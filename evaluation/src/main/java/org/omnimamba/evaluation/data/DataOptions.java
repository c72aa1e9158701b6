package org.omnimamba.evaluation.data;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a benchmark's files are.
 *
 * @param data the folder with the published files
 * @param images the folder with the pictures; null for the usual places in the data
 * @param split which split, where the data have several; null for the benchmark's usual one
 * @param spool a folder of ours for pictures that lie inside the data files
 */
public record DataOptions(Path data, @Nullable Path images, @Nullable String split, Path spool) {}
