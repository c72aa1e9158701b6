/** OpenAI's batches: {@code /v1/batches}. */
@NullMarked
package org.omnimamba.jobs.web.batches;

import org.jspecify.annotations.NullMarked;
