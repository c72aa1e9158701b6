/** Errors as RFC 9457 problem details. */
@NullMarked
package org.omnimamba.jobs.web.problem;

import org.jspecify.annotations.NullMarked;
