/** How open requests end when the service is told to stop. */
@NullMarked
package org.omnimamba.jobs.web.stop;

import org.jspecify.annotations.NullMarked;
