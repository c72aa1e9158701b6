/** Secrets and signatures of Standard Webhooks 1.0, and how secrets rest in the database. */
@NullMarked
package org.omnimamba.jobs.webhook.signing;

import org.jspecify.annotations.NullMarked;
