package org.omnimamba.gateway.database;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the gateway does with its part of the database.
 *
 * @param migrate whether it makes its tables at the start; off where that is a step of its own
 */
@ConfigurationProperties("omnimamba.gateway.database")
record MigrationProperties(@DefaultValue("true") boolean migrate) {}
