/**
 * Engines in processes of their own, one for each device, beside the process that has gateway, jobs
 * and database.
 *
 * <pre>
 * EngineFleet      all engines: their addresses, how many are ready, their start and stop
 *   EngineProcess  keeps one engine running: starts it, asks how it is, starts it again
 *   EngineCommand  the command line and the environment of its process
 *   EngineLog      what it logs, in this process's log
 * ParentLink       the other end, in the engine's process
 * VisibleGpus      which GPUs there are
 * </pre>
 *
 * <p>A CUDA error is the end of the process that it happens in, and a call that does not return
 * holds it up: only another process is safe from both.
 *
 * <p>The processes are joined by pipes. An engine reads from its standard input what it is to do,
 * in one line of JSON, and later {@code stop}; the end of the input says that the process that
 * started it is gone, by {@code kill -9} too, and ends it. Its standard output has one JSON object
 * a line: an event of its log, or what {@link org.omnimamba.standalone.engines.ParentLink} says.
 *
 * <p>An engine is started again when its process has ended, when it says on {@code /livez} that
 * only that helps, and when it has not answered for a minute. Its ports stay the same.
 */
@NullMarked
package org.omnimamba.standalone.engines;

import org.jspecify.annotations.NullMarked;
