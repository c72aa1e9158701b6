/**
 * What tenants use: counted as answers pass, kept in PostgreSQL, told to operators ({@code
 * /admin/v1/usage}) and to each tenant ({@code /v1/usage}).
 *
 * <p>{@link org.omnimamba.gateway.usage.UsageFilter} counts an answer when it is over. What it says
 * it used counts; where it does not say, what inference-service remembers of the request does.
 * {@link org.omnimamba.gateway.usage.UsageBook} sums up in memory and adds the sums to the database
 * every second, so a request costs no round trip there; a process that is killed loses what it
 * counted since the last time.
 */
@NullMarked
package org.omnimamba.gateway.usage;

import org.jspecify.annotations.NullMarked;
