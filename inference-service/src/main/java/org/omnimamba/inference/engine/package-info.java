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
 *   <dt>piece
 *   <dd>a part of a prompt that is fed at once. Pieces end at multiples of the configured chunk, at
 *       the end of the prompt's picture and at the end of the prompt
 *   <dt>kept state
 *   <dd>the state after a picture's last position, which every prompt about the picture begins
 *       with; in a spare slot of the device or in host memory
 *   <dt>requester
 *   <dd>for whom a request is generated: a tenant, and whether the answer is waited for
 *       (interactive) or a job
 *   <dt>head
 *   <dd>the one waiting request that gets the next free slots
 *   <dt>place
 *   <dd>where the device keeps what the towers saw in a picture, until the prompt has been fed
 *       beyond the picture; there are a few
 *   <dt>iteration
 *   <dd>drop what was cancelled, hand out slots, feed prompts up to one chunk (or run the towers
 *       once, or bring one kept state back from host memory), one decode step over all running
 *       sequences of both tasks (or one call of several tokens), at most one picture drawn, after a
 *       call of several tokens one for every two of them
 *   <dt>beside
 *   <dd>in the second thread of a device that gains by it ({@link
 *       org.omnimamba.inference.engine.Beside}): towers and pixels are no part of an iteration then
 * </dl>
 *
 * <h2>Threads</h2>
 *
 * <pre>
 *   engine   prompts, steps, states; all bookkeeping of requests, slots and places
 *   beside   towers into a place; a picture from its tokens. One call at a time, the two kinds in turn
 *   events   tells listeners what happened, in its order
 * </pre>
 *
 * The device works on one thing at a time, in the order in which both threads hand it over; what
 * overlaps with steps are the host's part of a call, copies, and the work on what came back.
 * Between two steps the engine's thread does no more than sampling and bookkeeping. What a call
 * beside leads to is done by the engine's thread at the beginning of its next iteration, with one
 * exception: a picture, and the end of a request that waited for nothing else, are told at once.
 * Whoever ends a request first (an atomic mark) tells its end; what it holds is taken back by the
 * engine's thread, a place only when the towers do not write there any more. When the engine ends,
 * the call beside ends before the model is closed, and everything is told before the engine's
 * thread ends.
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
 * Slots are handed out to one request at a time, the head. A request that has become the head stays
 * the head until it holds all its slots or ends; only then the next one is chosen. So only the head
 * may hold some of its slots while it waits for more: each other waiting request holds none, each
 * earlier head holds all. Whatever runs finishes and feeds the head; with at least two slots the
 * head itself always has a slot beside its prompt slot to work with.
 *
 * <h2>Whose turn it is</h2>
 *
 * While interactive requests and jobs wait, jobs get a fixed part of the slots handed out ({@link
 * org.omnimamba.inference.engine.Shares#jobs}) and interactive requests the others; while only one
 * class waits, it gets all. Within a class tenants take turns; a turn is one sequence, so a request
 * of {@code n} sequences costs {@code n} turns. A tenant's own requests go first come, first
 * served. What runs is never interrupted for another request. No tenant starves: its next request
 * becomes the head after at most one request of each other tenant, or after as many turns as its
 * own last request has cost.
 *
 * <p>The room for waiting is shared too: what a requester holds of it stays within a fixed multiple
 * of what is free ({@link org.omnimamba.inference.engine.Shares#tenant}). So a tenant that holds
 * nothing finds room, however much another one sends. A tenant's jobs and its interactive requests
 * are two requesters.
 *
 * <h2>Why a long prompt delays no other request</h2>
 *
 * An iteration feeds one chunk at most, then every running sequence takes a step. So between two
 * tokens of a sequence there is never more than one piece of one prompt (or the towers, or one
 * state's way from host memory) and one picture drawn, however long the prompts are. After a call
 * that gave several tokens there may be a picture for every two of them, so that pictures leave as
 * fast as their tokens come; on the whole that is less than a picture for each token. Beside the
 * steps there is one call at a time, the towers or one picture, and the device shares itself
 * between it and the step. A prompt that waits for the towers lets the prompts behind it go first;
 * the towers go through the places in the order of the prompts.
 *
 * <h2>Why results do not depend on company</h2>
 *
 * Pieces end at the same positions whatever else runs, and whether the prompt begins at its first
 * position or after its picture; pictures are drawn one at a time, and sampling is a function of
 * logits, seed, index and position. What remains is the runtime's promise that a row of a decode
 * step does not depend on the other rows: not by a bit while its step has the same batch bucket and
 * the same tasks, within rounding otherwise. Whether a token is drawn on the device or on the host
 * depends on its own request alone.
 *
 * <h2>Pictures that were asked about before</h2>
 *
 * <pre>
 *   not kept --towers, prefill--&gt; spare slot --least recently used--&gt; host memory --&gt; forgotten
 *                                     ^                                   |
 *                                     +------------ asked again ----------+
 * </pre>
 *
 * The key of a kept state is a SHA-256 of what the towers get and of the tenant. A hit copies the
 * state into the prompt slot, bit by bit, and the prompt begins after the picture: neither towers
 * nor the picture's positions run, and their share of the admission is returned at once. Prompts
 * are fed one after the other, so of two requests with the same new picture the second finds the
 * state that the first has left; if the first was taken back meanwhile, the second reads the
 * picture itself. Where the towers run beside, the second waits for the first for the same reason.
 *
 * <p>A kept state gives nothing but what the same picture would give. The time of an answer (and
 * its count of cached tokens) does tell that the picture was asked about before; therefore a tenant
 * finds only its own states, unless the service is told to share them. Callers that name no tenant
 * share theirs.
 *
 * <h2>Failures</h2>
 *
 * A request that fails on the host fails alone. A failed device step fails the sequences that were
 * in it; their states are no longer known. After several failures in a row the engine is unready,
 * refuses new work and probes the device until a step succeeds.
 *
 * <p>A kept state must not carry a failure on. It is entered only after its copy has succeeded, and
 * only if the picture's last logits are numbers; after any failed device call all states in spare
 * slots are forgotten, and one that could not be brought back from host memory is forgotten there.
 * A state that cannot be read into host memory is not kept, and no request fails for it.
 *
 * <p>A device call that never returns cannot be ended. It costs readiness once the iteration, or
 * the call beside, has taken longer than the stall limit: new requests are refused, and a balancer
 * that watches readiness sends them elsewhere. Readiness returns if the call does.
 */
@NullMarked
package org.omnimamba.inference.engine;

import org.jspecify.annotations.NullMarked;
