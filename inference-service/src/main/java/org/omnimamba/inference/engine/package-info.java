/**
 * The engine: continuous batching over one device. It knows slots and steps, never HTTP.
 *
 * <h2>Terms</h2>
 *
 * <dl>
 *   <dt>request
 *   <dd>one prompt and {@code n} sequences generated from it
 *   <dt>slot
 *   <dd>the fixed-size recurrent state of one sequence on the device
 *   <dt>prompt slot
 *   <dd>the slot a request's prompt is prefilled into; the other sequences start from copies of it,
 *       the last sequence runs in it
 *   <dt>iteration
 *   <dd>drop what was cancelled, hand out slots, prefill up to one chunk budget, one decode step
 *       per task over all running sequences, at most one picture drawn
 * </dl>
 *
 * <h2>States of a request</h2>
 *
 * <pre>
 * submit -> WAITING -> PREFILLING -> RUNNING -> (DRAWING) -> done
 *              |            |           |            |
 *              +------------+-----------+------------+-> cancelled / deadline / failed
 * </pre>
 *
 * <h2>Why it cannot get stuck</h2>
 *
 * Slots are handed out strictly first come, first served, and only the head of the queue may hold
 * some of its slots while it waits for more. Everyone behind the head holds none, everyone before
 * it holds all. So whatever runs finishes and feeds the head; with at least two slots the head
 * itself always has a slot beside its prompt slot to work with.
 *
 * <h2>Why results do not depend on company</h2>
 *
 * Chunk boundaries are multiples of the configured chunk whatever else runs, pictures are drawn one
 * at a time, and sampling is a function of logits, seed, index and position. What remains is the
 * runtime's promise that a row of a decode step does not depend on the other rows.
 *
 * <h2>Failures</h2>
 *
 * A request that fails on the host fails alone. A failed device step fails the sequences that were
 * in it; their states are no longer known. After several failures in a row the engine is unready,
 * refuses new work and probes the device until a step succeeds.
 */
@NullMarked
package org.omnimamba.inference.engine;

import org.jspecify.annotations.NullMarked;
