/**
 * From logits to a token: the reference's filters in the reference's order, a draw that depends on
 * nothing but seed, image index and position, and log-probabilities.
 */
@NullMarked
package org.omnimamba.model.sampling;

import org.jspecify.annotations.NullMarked;
