/**
 * What jobs use: written in the transaction that completes a job, so that it counts once whatever
 * is killed meanwhile, and moved into the sums soon after. Requests that are waited for are counted
 * by the gateway; see {@link org.omnimamba.web.usage}.
 */
@NullMarked
package org.omnimamba.jobs.usage;

import org.jspecify.annotations.NullMarked;
