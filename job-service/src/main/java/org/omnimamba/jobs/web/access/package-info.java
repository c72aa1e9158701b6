/** The caller of a request: the internal token and the tenant. */
@NullMarked
package org.omnimamba.jobs.web.access;

import org.jspecify.annotations.NullMarked;
