/** The service's tables and the queue's, brought up to date when the service starts. */
@NullMarked
package org.omnimamba.jobs.database;

import org.jspecify.annotations.NullMarked;
