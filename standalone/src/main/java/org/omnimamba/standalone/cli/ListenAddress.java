package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Checks where the gateway is to listen before anything is started for it. */
final class ListenAddress {
  private ListenAddress() {}

  /**
   * Returns if the port is free at the address.
   *
   * @throws Failure if it is not, or the address is not this machine's; says what to do
   */
  static void check(String address, int port) {
    InetAddress resolved;
    try {
      resolved = InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new Failure(
          "--address " + address + " is neither an address nor a name that is known here", e);
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(resolved, port));
    } catch (IOException e) {
      String told = String.valueOf(e.getMessage());
      if (told.contains("assign")) {
        throw new Failure(
            "--address " + address + " is not an address of this machine; 0.0.0.0 means all", e);
      }
      if (told.contains("in use")) {
        throw new Failure(
            "port "
                + port
                + " is in use; stop the program that has it, or choose another by --port",
            e);
      }
      throw new Failure("cannot listen on " + address + ":" + port, e);
    }
  }
}
