/**
 * Where the results of jobs lie: by default in daily partitions of the service's own database,
 * committed with the job's last change; by configuration in a store that speaks S3.
 *
 * <p>A reference says by its prefix which store it belongs to, so results of before a change of
 * configuration can still be read.
 */
@NullMarked
package org.omnimamba.jobs.result;

import org.jspecify.annotations.NullMarked;
