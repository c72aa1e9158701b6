/**
 * Generation of one sequence, as far as the host knows it.
 *
 * <p>A {@link org.omnimamba.model.generation.Sequence} is everything about a generation except the
 * numbers of the network: which tokens came, where the next one goes, how it is drawn and when it
 * ends. Its driver, one loop per sequence or an engine with many slots, feeds it logits and gets
 * tokens; the result is the same, because drawing depends on nothing outside the sequence.
 */
@NullMarked
package org.omnimamba.model.generation;

import org.jspecify.annotations.NullMarked;
