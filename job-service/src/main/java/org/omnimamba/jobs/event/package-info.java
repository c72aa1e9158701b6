/**
 * Watching jobs: hints from the database make it quick, polling makes it certain, and the event
 * table makes it resumable.
 */
@NullMarked
package org.omnimamba.jobs.event;

import org.jspecify.annotations.NullMarked;
