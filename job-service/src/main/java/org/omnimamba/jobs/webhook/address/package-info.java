/**
 * Which addresses a webhook may reach.
 *
 * <p>A tenant chooses the URL, the service makes the request: without a guard a tenant could make
 * it talk to the database, the cloud's metadata service or a neighbour. There are two gates. {@link
 * org.omnimamba.jobs.webhook.address.AddressPolicy} judges the text of the URL when it is
 * registered and again before each delivery. {@link
 * org.omnimamba.jobs.webhook.address.GuardedResolverGroup} is the only resolver of the client that
 * delivers: it looks the name up once, judges every address of the answer and hands the connection
 * exactly those it judged, so no second DNS answer can slip in between. Literal addresses go
 * through it too.
 */
@NullMarked
package org.omnimamba.jobs.webhook.address;

import org.jspecify.annotations.NullMarked;
