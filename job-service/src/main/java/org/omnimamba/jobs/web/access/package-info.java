/** Who is asking: the platform's own token and the tenant. */
@NullMarked
package org.omnimamba.jobs.web.access;

import org.jspecify.annotations.NullMarked;
