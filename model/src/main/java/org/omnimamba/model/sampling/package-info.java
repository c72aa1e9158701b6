/**
 * From logits to a token: the reference's filters in the reference's order, a draw that depends on
 * nothing but seed, image index and position, and log-probabilities. What OpenAI's API adds to
 * logits, and which tokens may be drawn at all, comes in between where a request asks for it.
 */
@NullMarked
package org.omnimamba.model.sampling;

import org.jspecify.annotations.NullMarked;
