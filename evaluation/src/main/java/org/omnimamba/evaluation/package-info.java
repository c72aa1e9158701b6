/**
 * The field's benchmarks of seeing and drawing, and the paper's figures beside ours.
 *
 * <pre>
 *   data       published files --&gt; questions, faults
 *   score      an answer --&gt; points; scores --&gt; a table
 *   run        questions --&gt; answers, of a model in this process or behind the API
 *   report     table, faults and examples as text, JSON, CSV and HTML
 *   distance   pictures --&gt; features --&gt; the Fréchet distance of two sets of them
 * </pre>
 *
 * <p>{@link org.omnimamba.evaluation.Benchmark} says which reader and which scorers make a
 * benchmark.
 */
@NullMarked
package org.omnimamba.evaluation;

import org.jspecify.annotations.NullMarked;
