/**
 * How services meet PostgreSQL: one set of settings for their queries (R2DBC) and their migrations
 * (JDBC), encryption, the start without the database, and migrations as a step of their own.
 *
 * <p>A service declares its {@link org.omnimamba.web.database.SchemaHistory} beans in the order in
 * which they are to be migrated, and starts what needs the tables with {@link
 * org.omnimamba.web.database.DatabaseGate#whenOpen}. Migrations of job-queue are V100 to V199, of
 * job-service V200 to V299, of gateway-service V300 to V399; each family takes its next number and
 * only adds (see docs/upgrade.md).
 */
@NullMarked
package org.omnimamba.web.database;

import org.jspecify.annotations.NullMarked;
