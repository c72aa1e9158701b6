package org.omnimamba.benchmarks.gateway;

/**
 * One of the ways to a service.
 *
 * @param name in the report
 * @param address without a slash at the end; on loopback
 * @param header that carries the secret
 */
record Way(String name, String address, String header, String secret) {

  static Way through(ServiceProcess gateway) {
    return new Way("gateway", gateway.url(), "Authorization", "Bearer " + ServiceProcess.KEY);
  }

  static Way past(String name, String address) {
    return new Way(name, address, "X-OmniMamba-Internal-Token", ServiceProcess.INTERNAL_TOKEN);
  }
}
