/**
 * The rehearsal of a deployment: the three services as their image starts them, with the
 * environment of {@code docker-compose.yml} or of the rendered chart, each on a host of its own (a
 * network namespace), against a real PostgreSQL, under a small load, while processes are killed,
 * stopped, cut off and restarted.
 *
 * <p>It needs no container engine and no cluster. What stands in for them:
 *
 * <ul>
 *   <li>{@link org.omnimamba.rehearsal.Network}: hosts, routes and virtual service addresses
 *       ({@code ip netns}, {@code iptables});
 *   <li>{@link org.omnimamba.rehearsal.Sandbox}: a read-only root with only the declared folders
 *       writable, an unprivileged user, no capabilities ({@code bwrap});
 *   <li>{@link org.omnimamba.rehearsal.NameServer}: DNS, with headless records;
 *   <li>{@link org.omnimamba.rehearsal.Cluster}: probes, endpoints, restarts, rolling updates.
 * </ul>
 *
 * <p>All traffic stays inside of one network namespace that the launcher makes; every process ends
 * with it.
 *
 * <p>More than thirty classes are in this one package, since it is one program with no interface:
 * the acts share the stand-ins, and packages of their own would make nearly all of them public.
 */
@NullMarked
package org.omnimamba.rehearsal;

import org.jspecify.annotations.NullMarked;
