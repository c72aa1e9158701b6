package org.omnimamba.benchmarks.gateway;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What the gateway adds, with everything on this machine's loopback and each service in a process
 * of its own. All requests are made by turns through the gateway and past it, so that both ways see
 * the same machine.
 *
 * <ol>
 *   <li>Idle: small requests one after the other; the gateway's time is the difference of each
 *       pair.
 *   <li>Paced: many clients stream at once from a service that sends an event at fixed times and
 *       says when it did, at a rate that the machine can serve; by turns all through the gateway
 *       and all past it. Here the time between two events at the client can be compared with that
 *       at the service, event by event.
 *   <li>Saturated: many clients stream at once from the model, each by turns on both ways, as fast
 *       as it goes. No processor is free, so times are those of queues; what counts is that nothing
 *       fails, and the processor time that each request costs the gateway.
 * </ol>
 *
 * <p>Beside that: how long it takes until a service sees that a client has hung up.
 *
 * <p>Arguments: a model directory, then optionally clients (200) and rounds (4). The number of
 * requests is fixed, so that a run always ends; its status is 1 if any failed.
 */
public final class GatewayLoad {
  private static final int MOST_CLIENTS = 1000;
  private static final int WARM_UP = 10_000;
  private static final int WARM_UP_AT_ONCE = 16;
  private static final int BLOCKS = 30;
  private static final int PAIRS = 100;
  private static final int EVENTS = 40;
  private static final Duration GAP = Duration.ofMillis(100);
  private static final int TOKENS = 16;
  private static final int HANG_UPS = 200;

  /** The aims, in milliseconds at the ninety-ninth percentile. */
  private static final double MOST_FOR_A_REQUEST = 3;

  private static final double MOST_FOR_A_GAP = 5;

  private final StreamClient client;
  private final int clients;
  private final int rounds;
  private int errors;

  private GatewayLoad(StreamClient client, int clients, int rounds) {
    this.client = client;
    this.clients = clients;
    this.rounds = rounds;
  }

  public static void main(String[] arguments) throws Exception {
    int clients = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
    int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 4;
    if (arguments.length < 1
        || clients < 1
        || clients > MOST_CLIENTS
        || rounds < 1
        || rounds > 50) {
      System.err.println("usage: GatewayLoad MODEL [CLIENTS (1-1000) [ROUNDS (1-50)]]");
      System.exit(2);
    }
    int errors;
    try (StreamClient client = new StreamClient()) {
      GatewayLoad load = new GatewayLoad(client, clients, rounds);
      load.paced();
      load.model(Path.of(arguments[0]));
      errors = load.errors;
    }
    System.exit(errors == 0 ? 0 : 1);
  }

  private void paced() throws Exception {
    try (Metronome service = Metronome.start(GAP);
        ServiceProcess gateway = ServiceProcess.gateway(service.url())) {
      List<Way> ways = List.of(Way.past("direct", service.url()), Way.through(gateway));
      for (Way way : ways) {
        Flux.range(0, WARM_UP)
            .flatMap(number -> client.chat(way, 1, number, new Figures.Seen()), WARM_UP_AT_ONCE)
            .blockLast();
      }
      Figures.Seen[] seen = Figures.Seen.several(2);
      Duration used = Duration.ZERO;
      for (int round = 0; round < 2 * rounds; round++) {
        Duration before = gateway.processorTime();
        wave(ways.get(round % 2), seen[round % 2]);
        used = used.plus(round % 2 == 1 ? gateway.processorTime().minus(before) : Duration.ZERO);
      }
      System.out.printf(
          "paced: up to %d streams at once, %d events each, one every %d ms%n",
          clients, EVENTS, GAP.toMillis());
      for (int way = 0; way < 2; way++) {
        System.out.printf(
            "  %-7s first event     %s%n", ways.get(way).name(), seen[way].firstEvent);
        System.out.printf("          event on its way %s%n", seen[way].travel);
        System.out.printf("          change of a gap %s%n", seen[way].gapError);
        report(seen[way]);
      }
      difference("first event", seen[0].firstEvent, seen[1].firstEvent);
      difference("event on its way", seen[0].travel, seen[1].travel);
      difference("the change of a gap", seen[0].gapError, seen[1].gapError);
      aim(
          "the change of a gap, the client's own included",
          seen[1].gapError.percentile(99),
          MOST_FOR_A_GAP);
      processor(used, seen[1].travel.count(), "event");
      hangUps(service, ways);
    }
  }

  /** From a client's closing its socket to the service's seeing its own connection end. */
  private void hangUps(Metronome service, List<Way> ways) throws InterruptedException {
    System.out.printf("hanging up: %d clients, one at a time%n", 2 * 2 * HANG_UPS);
    for (boolean streamed : new boolean[] {true, false}) {
      Figures[] took = {new Figures(), new Figures()};
      for (int turn = 0; turn < 2 * HANG_UPS; turn++) {
        long closed = client.hangUp(ways.get(turn % 2), streamed, service::awaitArrival);
        took[turn % 2].add(service.awaitEnd() - closed);
      }
      for (int way = 0; way < 2; way++) {
        System.out.printf(
            "  %-7s %-12s %s%n",
            ways.get(way).name(), streamed ? "streamed" : "not streamed", took[way]);
      }
    }
  }

  /**
   * Two streams for each client, begun evenly over twice the time that one takes: from the middle
   * of the first to that of the second as many run as there are clients.
   */
  private void wave(Way way, Figures.Seen seen) {
    Duration stream = GAP.multipliedBy(EVENTS);
    Flux.range(0, 2 * clients)
        .flatMap(
            number ->
                Mono.delay(stream.multipliedBy(number).dividedBy(clients))
                    .then(client.chat(way, EVENTS, number, seen)),
            2 * clients)
        .blockLast();
  }

  private void model(Path model) throws Exception {
    try (ServiceProcess inference = ServiceProcess.inference(model, clients);
        ServiceProcess gateway = ServiceProcess.gateway(inference.url())) {
      List<Way> ways = List.of(Way.past("direct", inference.url()), Way.through(gateway));
      idle(ways, gateway);
      saturated(ways, gateway);
    }
  }

  /** What a block of pairs took. */
  private record Block(Figures.Seen[] seen, Figures added) {
    Block() {
      this(Figures.Seen.several(2), new Figures());
    }

    double directP99() {
      return seen[0].whole.percentile(99);
    }
  }

  private void idle(List<Way> ways, ServiceProcess gateway) {
    for (Way way : ways) {
      Flux.range(0, WARM_UP)
          .flatMap(number -> client.models(way, new Figures.Seen()), WARM_UP_AT_ONCE)
          .blockLast();
    }
    Duration before = gateway.processorTime();
    List<Block> blocks = new ArrayList<>();
    for (int number = 0; number < BLOCKS; number++) {
      blocks.add(block(ways));
    }
    Duration used = gateway.processorTime().minus(before);
    blocks.sort(Comparator.comparingDouble(Block::directP99));
    System.out.printf(
        "idle: GET /v1/models, one at a time, %d blocks of %d pairs%n", BLOCKS, PAIRS);
    List<Block> calmest = blocks.subList(0, BLOCKS / 3);
    report(ways, "calmest third", calmest);
    aim(
        "what the gateway adds to a request, calmest third",
        Figures.all(calmest.stream().map(Block::added).toList()).percentile(99),
        MOST_FOR_A_REQUEST);
    report(ways, "all", blocks);
    blocks.forEach(block -> errors += block.seen()[0].errors.get() + block.seen()[1].errors.get());
    System.out.printf("  errors so far %d%n", errors);
    processor(used, BLOCKS * PAIRS, "request");
  }

  private Block block(List<Way> ways) {
    Block block = new Block();
    long[] took = new long[2];
    for (int pair = 0; pair < PAIRS; pair++) {
      for (int turn = 0; turn < 2; turn++) {
        int way = (pair + turn) % 2;
        Long nanos = client.models(ways.get(way), block.seen()[way]).block();
        took[way] = nanos == null ? 0 : nanos;
      }
      block.added().add(took[1] - took[0]);
    }
    return block;
  }

  private static void report(List<Way> ways, String which, List<Block> blocks) {
    System.out.printf("  %s%n", which);
    Figures[] whole = new Figures[2];
    for (int way = 0; way < 2; way++) {
      int index = way;
      whole[way] = Figures.all(blocks.stream().map(block -> block.seen()[index].whole).toList());
      System.out.printf("    %-7s %s%n", ways.get(way).name(), whole[way]);
    }
    System.out.printf(
        "    difference of each pair %s%n",
        Figures.all(blocks.stream().map(Block::added).toList()));
    difference("a request", whole[0], whole[1]);
  }

  private void saturated(List<Way> ways, ServiceProcess gateway) {
    Figures.Seen[] seen = Figures.Seen.several(2);
    crowd(ways, Figures.Seen.several(2), 1);
    Duration before = gateway.processorTime();
    long start = System.nanoTime();
    crowd(ways, seen, rounds);
    double seconds = (System.nanoTime() - start) / 1e9;
    int tokens = 2 * clients * rounds * TOKENS;
    System.out.printf(
        Locale.ROOT,
        "saturated: %d clients at once, %d streams of the model in %.1f s, at most %.0f tokens/s%n",
        clients,
        2 * clients * rounds,
        seconds,
        tokens / seconds);
    for (int way = 0; way < 2; way++) {
      System.out.printf("  %-7s first event %s%n", ways.get(way).name(), seen[way].firstEvent);
      System.out.printf("          whole       %s%n", seen[way].whole);
      System.out.printf("          gap         %s%n", seen[way].gap);
      report(seen[way]);
    }
    difference("first event", seen[0].firstEvent, seen[1].firstEvent);
    processor(gateway.processorTime().minus(before), clients * rounds, "stream");
  }

  /** Each client goes both ways by turns, half of them the one way first. */
  private void crowd(List<Way> ways, Figures.Seen[] seen, int times) {
    Flux.range(0, clients)
        .flatMap(
            number ->
                Flux.range(0, 2 * times)
                    .concatMap(
                        turn -> {
                          int way = (number + turn) % 2;
                          return client.chat(ways.get(way), TOKENS, number, seen[way]);
                        }),
            clients)
        .blockLast();
  }

  private void report(Figures.Seen seen) {
    errors += seen.errors.get();
    System.out.printf("          errors %d%n", seen.errors.get());
  }

  private static void difference(String what, Figures direct, Figures gateway) {
    System.out.printf(
        Locale.ROOT,
        "  the gateway adds to %s: p50 %.2f, p90 %.2f, p99 %.2f ms%n",
        what,
        gateway.percentile(50) - direct.percentile(50),
        gateway.percentile(90) - direct.percentile(90),
        gateway.percentile(99) - direct.percentile(99));
  }

  /** Says how it stands, and no more: on a machine that others use a miss is no failure. */
  private static void aim(String what, double reached, double most) {
    System.out.printf(
        Locale.ROOT,
        "  aims: %s: p99 %.2f ms of %.0f, %s%n",
        what,
        reached,
        most,
        reached <= most ? "met" : "missed");
  }

  private static void processor(Duration used, int count, String what) {
    System.out.printf(
        Locale.ROOT,
        "  processor time of the gateway: %.3f ms each %s%n",
        used.toNanos() / 1e6 / count,
        what);
  }
}
