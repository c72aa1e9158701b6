/**
 * What tenants use, as services count it: one shape, one family of tables, and what goes along with
 * a request so that it can be counted.
 *
 * <p>Each service counts what it answers. The gateway counts the answers that pass it, sums them in
 * memory and adds the sums to {@code usage_day} every second. job-service writes what a job used
 * into {@code usage_of_job}, in the transaction that ends the job; these rows move into the sums.
 * The view {@code usage_counted} is both together.
 *
 * <p>A request goes to the services with its key's name and a <b>ticket</b>, see {@link
 * org.omnimamba.web.usage.UsageOrigin}. inference-service remembers for a while what was made under
 * a ticket: the gateway asks for it where an answer does not say what it used, because the client
 * did not want to know or left half way.
 */
@NullMarked
package org.omnimamba.web.usage;

import org.jspecify.annotations.NullMarked;
