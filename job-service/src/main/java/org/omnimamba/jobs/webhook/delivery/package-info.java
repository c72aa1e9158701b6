/** One attempt to deliver a webhook, its outcome, and when the next one is due. */
@NullMarked
package org.omnimamba.jobs.webhook.delivery;

import org.jspecify.annotations.NullMarked;
