/**
 * The arithmetic of published figures: quantiles, rounding, and the work that one call cannot
 * avoid. Nothing here measures but {@link org.omnimamba.benchmarks.figures.Measurement}, which
 * takes times of any call.
 */
@NullMarked
package org.omnimamba.benchmarks.figures;

import org.jspecify.annotations.NullMarked;
