/** The queue inside this service: its beans, its upkeep and the life of its workers. */
@NullMarked
package org.omnimamba.jobs.queue;

import org.jspecify.annotations.NullMarked;
