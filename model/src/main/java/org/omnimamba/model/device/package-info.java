/**
 * TensorFlow as this library uses it; knows no model.
 *
 * <h2>Terms</h2>
 *
 * <ul>
 *   <li><b>Program</b> ({@link org.omnimamba.model.device.DeviceProgram}): one TensorFlow session
 *       with its variables and functions. It owns everything native; closing it releases all of it.
 *   <li><b>Function</b> ({@link org.omnimamba.model.device.CompiledFunction}): a graph over
 *       variables and typed inputs, called with arrays. With compilation on it is one XLA cluster;
 *       with compilation off the same body runs op by op.
 *   <li><b>Replicated function</b> ({@link org.omnimamba.model.device.ReplicatedFunction}): the
 *       same function on each of several devices, which have copies of all variables. Values pass
 *       from one such function to the next, or are summed over the devices by TensorFlow's
 *       collective operations, without a way over the host ({@link
 *       org.omnimamba.model.device.DeviceProgram#runTogether}).
 * </ul>
 *
 * <h2>Memory</h2>
 *
 * Variables are written into the memory that TensorFlow then uses; no second copy is made. Host
 * memory also keeps what large inputs were fed from, for each function that has run.
 *
 * <h2>Threads</h2>
 *
 * One thread at a time drives a program. Calls that overlap are refused with an {@link
 * java.lang.IllegalStateException}; handing a program over from the thread that loaded it to the
 * thread that runs it is fine. A second thread may drive those functions that were added for it
 * ({@link org.omnimamba.model.device.DeviceProgram#functionBeside}) meanwhile; they and the others
 * share no variable that either writes while the other may read it. An accelerator still does one
 * thing after the other, in the order in which both threads hand over their work; what overlaps is
 * the host's part and the copies. {@link org.omnimamba.model.device.DeviceProgram#compileFor} runs
 * several functions at once, on threads of its own: TensorFlow releases the variables' locks while
 * XLA compiles, and takes them again to run.
 */
@NullMarked
package org.omnimamba.model.device;

import org.jspecify.annotations.NullMarked;
