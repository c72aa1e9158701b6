package org.omnimamba.rehearsal;

/**
 * One machine of the rehearsal: a network namespace with one address.
 *
 * @param name the namespace
 * @param address its IPv4 address
 */
record Host(String name, String address) {}
