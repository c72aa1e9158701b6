package org.omnimamba.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What all acts share: the repository, the network, names, images, and receivers.
 *
 * @param root the repository
 * @param work folder for everything that is written
 */
record Site(
    Path root,
    Path work,
    Network network,
    NameServer names,
    Sandbox sandbox,
    Map<String, Image> images,
    Receiver receiver)
    implements AutoCloseable {
  static final String API_KEY = "om_rehearsal_key_of_32_characters";
  static final String DATABASE_PASSWORD = "0f2b9a3c4d5e6f708192a3b4c5d6e7f8";
  static final String INTERNAL_TOKEN = "4d5e6f708192a3b4c5d6e7f80f2b9a3c";
  static final String WEBHOOK_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

  /** Name of the receiver of webhooks and traces. */
  static final String RECEIVER = "receiver.example";

  static final String HOOK = "http://" + RECEIVER + ":" + Receiver.PORT + "/hook";
  static final String TRACES = "http://" + RECEIVER + ":" + Receiver.PORT + "/v1/traces";

  static Site open(Path root, Path work) throws IOException, InterruptedException {
    Files.createDirectories(work);
    Network network = Network.create();
    NameServer names = new NameServer(Network.OWN_ADDRESS);
    names.put(RECEIVER, List.of(Network.OWN_ADDRESS));
    return new Site(
        root,
        work,
        network,
        names,
        new Sandbox(work, Cluster.SEARCH),
        images(root, work.resolve("images")),
        new Receiver(Network.OWN_ADDRESS));
  }

  /** The images of all services of a checkout. */
  static Map<String, Image> images(Path root, Path work) throws IOException {
    Files.createDirectories(work);
    Map<String, Image> images = new LinkedHashMap<>();
    for (String service : List.of("gateway-service", "job-service", "inference-service")) {
      images.put(service, Image.of(root, service, work));
    }
    return images;
  }

  Path model() {
    return root.resolve("models/omnimamba-emoji");
  }

  /** A database on a new host that is found by the name. */
  Database database(String name) throws IOException {
    Host host = network.addHost("postgres");
    names.put(name, List.of(host.address()));
    return new Database(host, work.resolve(host.name()), DATABASE_PASSWORD);
  }

  @Override
  public void close() {
    receiver.close();
    names.close();
  }
}
