package org.omnimamba.jobs.web.access;

/**
 * On whose behalf a request is made; a controller takes it as a parameter.
 *
 * @param name 1 to 128 letters, digits and {@code . _ : -}
 */
public record Tenant(String name) {}
