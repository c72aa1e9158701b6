/**
 * What an answer is worth. Where the field's programs disagree, each way is a {@link
 * org.omnimamba.evaluation.score.Scorer} with a name of its own, and a table says which one made
 * it.
 */
@NullMarked
package org.omnimamba.evaluation.score;

import org.jspecify.annotations.NullMarked;
