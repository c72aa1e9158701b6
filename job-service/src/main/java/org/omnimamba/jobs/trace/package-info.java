/**
 * One trace through a job: from the request that submitted it, through the queue, to each attempt's
 * request to inference-service. What crosses the queue is a W3C {@code traceparent} in the job's
 * attributes.
 */
@NullMarked
package org.omnimamba.jobs.trace;

import org.jspecify.annotations.NullMarked;
