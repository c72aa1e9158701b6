/** The job API: {@code /v1/jobs}. */
@NullMarked
package org.omnimamba.jobs.web.jobs;

import org.jspecify.annotations.NullMarked;
