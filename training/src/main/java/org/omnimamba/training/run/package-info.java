/**
 * A whole training run: batches in, curves, checkpoints and trained parameters out.
 *
 * <h2>Files of a run, in its output folder</h2>
 *
 * <ul>
 *   <li>{@code state.safetensors}: everything to continue from, replaced at each checkpoint;
 *   <li>{@code trained.safetensors}: the trained parameters in float32 under their checkpoint
 *       names, written when the run ends or its time is up;
 *   <li>{@code curve.csv} and {@code curve.png}: loss, gradient norm, rate and metrics.
 * </ul>
 *
 * <h2>The life of a run</h2>
 *
 * <pre>
 *   start --&gt; is there a state? --no--&gt; initial values
 *                 | yes                      |
 *                 v                          v
 *             its step --------------&gt; step, step, step ... --&gt; last step, or time is up
 *                                      |  each N minutes: state        |
 *                                      |  interrupted: state           v
 *                                      v                     state, trained, curve
 *                                 the same command continues
 * </pre>
 *
 * A run that stops because of its time counts the minutes of earlier starts, too; more time, given
 * in its configuration, lets it go on.
 */
@NullMarked
package org.omnimamba.training.run;

import org.jspecify.annotations.NullMarked;
