package org.omnimamba.model.sampling;

import org.jspecify.annotations.Nullable;

/**
 * What one step's draw obeys beside the sampling parameters.
 *
 * @param changes added to the logits, after the repetition penalty and before all filters
 * @param generated the tokens that frequency and presence penalty count
 * @param allowed the only tokens that may be drawn, by rising ids, at least one; null for all.
 *     Filters and probabilities are then those of these tokens alone
 */
public record Steering(LogitChanges changes, PreviousTokens generated, int @Nullable [] allowed) {}
