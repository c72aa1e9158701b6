/** The webhook API: {@code /v1/webhook-endpoints}, and the deliveries of a job. */
@NullMarked
package org.omnimamba.jobs.web.webhooks;

import org.jspecify.annotations.NullMarked;
