/**
 * The whole platform under load over HTTP, beside what its engine could do at most.
 *
 * <p>{@link org.omnimamba.benchmarks.serving.ServingLoad} runs {@link
 * org.omnimamba.benchmarks.serving.EngineBound} on the model first, in a process of its own, so
 * that the device is free afterwards. Then it starts {@code omnimamba serve} on the same model and
 * sends the loads.
 *
 * <p>{@link org.omnimamba.benchmarks.serving.BatchLoad} compares batches to jobs, with a server
 * that answers at once in the model's place.
 */
@NullMarked
package org.omnimamba.benchmarks.serving;

import org.jspecify.annotations.NullMarked;
