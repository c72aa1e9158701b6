/**
 * What goes into the queue and what comes out of it: jobs, their states and times, the outcomes of
 * submitting, cancelling, deleting and redriving, filters and limits. Values only; they know
 * nothing of the classes that store or run jobs.
 */
@NullMarked
package org.omnimamba.queue.job;

import org.jspecify.annotations.NullMarked;
