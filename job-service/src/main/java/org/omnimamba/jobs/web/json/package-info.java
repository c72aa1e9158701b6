/** How JSON is read and written at the service's edge. */
@NullMarked
package org.omnimamba.jobs.web.json;

import org.jspecify.annotations.NullMarked;
