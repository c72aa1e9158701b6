/**
 * Asks a model a benchmark's questions. Each answer is kept in a file as it comes, so that a run
 * that was interrupted, by {@code kill -9} too, goes on where it was and ends with the same table.
 */
@NullMarked
package org.omnimamba.evaluation.run;

import org.jspecify.annotations.NullMarked;
