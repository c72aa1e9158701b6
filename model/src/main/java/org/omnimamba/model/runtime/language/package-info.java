/**
 * The language model on a device: prompts, decode steps and the state slots of its sequences.
 *
 * <h2>Terms</h2>
 *
 * <ul>
 *   <li><b>Slot</b>: the recurrent state of one sequence, a row of two variables per layer. Its
 *       size does not grow with the sequence.
 *   <li><b>Bucket</b>: a size for which a function is built. Prompts are padded on the right to a
 *       bucket, batches with rows that work on the scratch slot. A function is built, and compiled,
 *       when its bucket is first needed.
 *   <li><b>Piece</b>: a part of a prompt that is fed at once. A prompt in pieces of any lengths
 *       leaves the state, and gives the logits, of the prompt in one go.
 * </ul>
 *
 * <h2>The life of a sequence</h2>
 *
 * <pre>
 *   PromptIds, and the image's embeddings in the image table
 *          |
 *          v
 *   prefill(from 0) reads the zero row, writes the slot ---&gt; logits of the last position
 *          |  \
 *          |   prefill(from k) reads and writes the slot, any number of times
 *          v
 *   step(slots, tokens, positions) reads and writes the slots of its batch ---&gt; logits per row
 *          |
 *          |  \
 *          |   steps(slots, tokens, positions, draws): several tokens in a row, drawn on the device
 *          |  \
 *          |   readState(slot) ---&gt; SavedState (host memory); writeState(slot, state) brings it back
 *          v
 *   nothing: a slot is free once it is stepped no more; the next prefill from 0 ignores its content
 * </pre>
 *
 * <h2>Exactness</h2>
 *
 * In float32 on the CPU, prompts, steps and states equal the reference within 1e-4, compiled or
 * not. The result of a sequence does not depend on the other rows of its batch: with the same batch
 * bucket not by a bit, between buckets within rounding, because XLA sums in another order.
 *
 * <h2>States in place</h2>
 *
 * A step must not copy the slots that it does not touch. XLA writes a row of a variable in place
 * only when each reader of the old value runs before the write <em>by data dependency</em>; else it
 * copies the whole variable, once or twice, in every step. Therefore
 *
 * <ul>
 *   <li>the step's output is computed from the old state, and the new state is made to depend on
 *       it;
 *   <li>the columns of the convolution form a ring, so that nothing has to be moved inside a row;
 *   <li>on the CPU, rows are read and written with ResourceGather and ResourceScatterUpdate, which
 *       also work in place when run op by op;
 *   <li>on an accelerator, a step works on a window of consecutive rows, which it slices and
 *       updates as one block; rows of the window that do not take part keep their state. Slots in
 *       use should therefore lie close together;
 *   <li>the hand-written kernels of {@link org.omnimamba.model.kernel} change the window's states
 *       themselves. XLA takes the states for inputs of them that nothing changes, and each kernel
 *       takes what the one before it gave, which keeps their order;
 *   <li>copies from slot to slot, to host memory and back run op by op, never compiled. They move
 *       bits and compute nothing, so a state that came back goes on exactly as the one it was read
 *       from.
 * </ul>
 *
 * <h2>Memory</h2>
 *
 * The device holds the weights, {@code slots + 2} states, and the scratch memory of the largest
 * function. Host memory keeps what large inputs were fed from, for each function that has run: at
 * width 2048 the lengths of prompts up to 2,048 tokens take 57 MB for either task, and writing back
 * a state takes one state.
 *
 * <p>One thread at a time may call any of this: see {@link org.omnimamba.model.device}.
 */
@NullMarked
package org.omnimamba.model.runtime.language;

import org.jspecify.annotations.NullMarked;
