/** Small pieces of HTTP that the worker and the webhook sender share. */
@NullMarked
package org.omnimamba.jobs.http;

import org.jspecify.annotations.NullMarked;
