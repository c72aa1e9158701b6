/**
 * The whole platform in one JVM: an embedded PostgreSQL and the three services, each in a Spring
 * context of its own, talking to one another over loopback HTTP exactly as they do in a cluster. On
 * several devices inference is in processes of its own, {@link
 * org.omnimamba.standalone.server.EngineMain} in each.
 */
@NullMarked
package org.omnimamba.standalone.server;

import org.jspecify.annotations.NullMarked;
