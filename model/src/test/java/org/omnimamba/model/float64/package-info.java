/**
 * The language model once more, in plain Java and float64: a second implementation, independent of
 * the product's graphs, that computes one token after the other as the paper's recurrence is
 * written. It is slow and simple, and there to be compared with.
 */
@NullMarked
package org.omnimamba.model.float64;

import org.jspecify.annotations.NullMarked;
