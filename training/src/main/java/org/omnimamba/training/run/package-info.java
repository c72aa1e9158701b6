/**
 * A whole training run: batches in, curves, checkpoints and trained parameters out.
 *
 * <h2>Files of a run, in its output folder</h2>
 *
 * <ul>
 *   <li>{@code state.safetensors}: everything to continue from, replaced at each checkpoint;
 *   <li>{@code trained.safetensors}: the trained parameters in float32 under their checkpoint
 *       names, written when the schedule is finished;
 *   <li>{@code curve.csv} and {@code curve.png}: loss, gradient norm, rate and metrics.
 * </ul>
 *
 * <h2>The life of a run</h2>
 *
 * <pre>
 *   start --&gt; is there a state? --no--&gt; initial values
 *                 | yes                      |
 *                 v                          v
 *             its step --------------&gt; step, step, step ... -------&gt; last step
 *                                      |  each N minutes: state        |
 *                                      |  interrupted: state           v
 *                                      |  time is up: state      state, trained, curve
 *                                      v
 *                           the same command continues
 * </pre>
 *
 * Where the steps do not fit the time, the first ones show it, and the schedule is shortened to
 * what fits. A run whose time is up all the same is not finished. Time counts the minutes of
 * earlier starts, too; more time, given in its configuration, lets the run go on.
 */
@NullMarked
package org.omnimamba.training.run;

import org.jspecify.annotations.NullMarked;
