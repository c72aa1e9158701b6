package org.omnimamba.standalone.server;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.omnimamba.inference.InferenceServiceApplication;
import org.omnimamba.inference.engine.Engine;
import org.omnimamba.standalone.Reason;
import org.omnimamba.standalone.engines.EngineOrder;
import org.omnimamba.standalone.engines.ParentLink;

/**
 * An engine alone, in a process that another one started. It ends when that says so, or is gone;
 * not by a signal, since Ctrl-C reaches the whole group of processes and the gateway's requests go
 * on for a while.
 */
public final class EngineMain {
  private static final int PARENT_GONE = 3;
  private static final int NOT_STARTED = 1;
  private static final long LOOK_MILLIS = 500;

  private EngineMain() {}

  public static void main(String[] args) {
    Runtime.getRuntime().addShutdownHook(new Thread(EngineMain::waitForEver, "signalled"));
    int status = NOT_STARTED;
    try {
      status = run(new ParentLink(System.in, System.out));
    } catch (IOException | InterruptedException e) {
      System.err.println(e.getMessage());
    } finally {
      Runtime.getRuntime().halt(status);
    }
  }

  private static void waitForEver() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int run(ParentLink parent) throws IOException, InterruptedException {
    EngineOrder order = parent.order();
    CountDownLatch stop = new CountDownLatch(1);
    Thread listener = new Thread(() -> listen(parent, stop), "parent");
    listener.setDaemon(true);
    listener.start();
    ServiceContext service;
    try {
      service = start(order);
    } catch (RuntimeException | Error e) {
      parent.failed(Reason.of(e));
      return NOT_STARTED;
    }
    try (service) {
      parent.listening(service.port(), service.managementPort());
      while (!stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        if (service.beans(Engine.class).stream().allMatch(Engine::ready)) {
          stop.await();
          break;
        }
        parent.doing(StartProgress.of(service.meters()));
      }
    }
    return 0;
  }

  /** Whatever the engine does: without a parent nobody asks it any more. */
  private static void listen(ParentLink parent, CountDownLatch stop) {
    boolean inOrder = false;
    try {
      inOrder = parent.awaitStop();
    } catch (IOException e) {
      // no more can be heard, as at the end
    }
    if (inOrder) {
      stop.countDown();
    } else {
      Runtime.getRuntime().halt(PARENT_GONE);
    }
  }

  private static ServiceContext start(EngineOrder order) {
    Map<String, Object> settings = new HashMap<>(order.settings());
    settings.put("management.server.port", order.managementPort());
    return ServiceContext.start(
        ServiceNameConverter.INFERENCE,
        InferenceServiceApplication.builder()
            // what this process may use; TensorFlow itself counts the machine's
            .properties(
                "omnimamba.inference.runtime.threads="
                    + Runtime.getRuntime().availableProcessors()),
        "127.0.0.1",
        order.port(),
        settings);
  }
}
