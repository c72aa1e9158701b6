package org.omnimamba.queue;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.Statement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Real connections whose statements are recorded and may be delayed. */
final class WatchedConnections implements ConnectionFactory {
  private final ConnectionFactory real;
  private final Map<String, Sinks.Empty<Void>> held = new ConcurrentHashMap<>();

  /** What was sent, in order: statements, and {@code COMMIT} for each commit. */
  final List<String> sent = new CopyOnWriteArrayList<>();

  WatchedConnections(ConnectionFactory real) {
    this.real = real;
  }

  /** Delays statements that contain the text until the gate is completed. */
  Sinks.Empty<Void> hold(String text) {
    return held.computeIfAbsent(text, key -> Sinks.empty());
  }

  /** How many statements with that text were sent. */
  long count(String text) {
    return sent.stream().filter(sql -> sql.contains(text)).count();
  }

  @Override
  public Publisher<? extends Connection> create() {
    return Mono.from(real.create()).map(this::watched);
  }

  @Override
  public ConnectionFactoryMetadata getMetadata() {
    return real.getMetadata();
  }

  private Connection watched(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commitTransaction")) {
                sent.add("COMMIT");
              }
              Object result = call(connection, method, arguments);
              return result instanceof Statement statement
                  ? watched(statement, (String) arguments[0])
                  : result;
            });
  }

  private Statement watched(Statement statement, String sql) {
    return (Statement)
        Proxy.newProxyInstance(
            Statement.class.getClassLoader(),
            new Class<?>[] {Statement.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("execute")) {
                Object result = call(statement, method, arguments);
                return result == statement ? proxy : result;
              }
              sent.add(sql);
              Flux<?> execution = Flux.defer(statement::execute);
              return held.entrySet().stream()
                  .filter(gate -> sql.contains(gate.getKey()))
                  .findFirst()
                  .<Object>map(gate -> gate.getValue().asMono().thenMany(execution))
                  .orElse(execution);
            });
  }

  private static Object call(Object target, java.lang.reflect.Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
