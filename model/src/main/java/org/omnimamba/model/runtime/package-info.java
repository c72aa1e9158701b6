/**
 * The model on a device: weights as variables, functions compiled by XLA, state slots.
 *
 * <h2>Terms</h2>
 *
 * <ul>
 *   <li><b>Program</b> ({@link org.omnimamba.model.runtime.DeviceProgram}): one TensorFlow session
 *       with its variables and functions. It owns everything native; closing it releases all of it.
 *   <li><b>Function</b> ({@link org.omnimamba.model.runtime.CompiledFunction}): a graph over
 *       variables and typed inputs. With compilation on it is one XLA cluster; with compilation off
 *       the same body runs op by op.
 *   <li><b>Parameter store</b> ({@link org.omnimamba.model.runtime.ParameterStore}): which variable
 *       holds which tensors of the checkpoint.
 * </ul>
 *
 * <h2>Threads</h2>
 *
 * One thread at a time drives a program. Calls that overlap are refused with an {@link
 * java.lang.IllegalStateException}; handing a program over from the thread that loaded it to the
 * thread that runs it is fine.
 */
@NullMarked
package org.omnimamba.model.runtime;

import org.jspecify.annotations.NullMarked;
