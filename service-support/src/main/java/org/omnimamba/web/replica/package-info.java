/**
 * The replicas of a service that this one calls: which there are, which of them take requests, and
 * which gets the next one.
 *
 * <pre>
 * ReplicaPool       what a service uses: starts and stops the rest
 *   ReplicaDiscovery  asks DNS for the addresses of {@code dns://} entries, every few seconds
 *   ReplicaProber     asks each replica every few seconds whether it takes requests
 *   Replicas          who is there, and the choice between them
 *     Replica         one process: its state, its load, the requests that are there
 * </pre>
 *
 * <p>What is known of a replica comes from three sources, and none of them alone ends a request
 * that is running there:
 *
 * <ul>
 *   <li><em>DNS</em>: a replica whose name or address is gone is being stopped or not ready yet. It
 *       gets new requests only when no named replica is left, and finishes those that it has.
 *   <li><em>a probe that is answered</em>: 2xx or 404 means ready; anything else (503 above all)
 *       means that it takes no new requests. A refused connection says the same of a process whose
 *       listener is closed already.
 *   <li><em>a probe without any answer</em>: one may be late. After two in a row the replica is
 *       silent, the last to be chosen; after {@code lostAfter} in a row, with no byte of any answer
 *       from it meanwhile, it is lost, and only then do its requests end.
 * </ul>
 */
@NullMarked
package org.omnimamba.web.replica;

import org.jspecify.annotations.NullMarked;
