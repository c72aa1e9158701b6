package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.keys.ApiKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code omnimamba keys}: makes, lists and revokes the keys of a running gateway. */
@Command(
    name = "keys",
    mixinStandardHelpOptions = true,
    description = "Manages the API keys of a running gateway.",
    subcommands = {
      KeysCommand.Create.class,
      KeysCommand.ListKeys.class,
      KeysCommand.Revoke.class,
      KeysCommand.New.class
    })
final class KeysCommand implements Runnable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "create, list, revoke or new is missing");
  }

  /** {@code keys create NAME}: the key itself is all that goes to standard output. */
  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes a key and prints it; it is never shown again.")
  static final class Create implements Callable<Integer> {
    @Mixin private GatewayAddress gateway = new GatewayAddress();

    @Parameters(index = "0", paramLabel = "NAME", description = "What the key is for.")
    private String name = "";

    @Option(names = "--tenant", paramLabel = "TENANT", description = "Who uses it.")
    private @Nullable String tenant;

    @Option(
        names = "--scope",
        split = ",",
        paramLabel = "SCOPE",
        description = "inference, jobs or admin; several by comma (default: inference,jobs).")
    private @Nullable List<String> scopes;

    @Option(
        names = "--expires-in",
        paramLabel = "DURATION",
        description = "How long it works, such as P30D or PT12H (default: for ever).")
    private @Nullable Duration expiresIn;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
      ObjectNode body = JSON.createObjectNode().put("name", name);
      if (tenant != null) {
        body.put("tenant", tenant);
      }
      if (scopes != null) {
        scopes.forEach(body.putArray("scopes")::add);
      }
      if (expiresIn != null) {
        body.put("expires_at", Instant.now().plus(expiresIn).toString());
      }
      JsonNode made = gateway.post("/admin/v1/keys", body);
      spec.commandLine().getErr().println("omnimamba: key " + made.path("id").asString());
      spec.commandLine().getOut().println(made.path("key").asString());
      return 0;
    }
  }

  /** {@code keys list}: a line a key. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the keys: id, beginning, tenant, scopes, last use, name.")
  static final class ListKeys implements Callable<Integer> {
    @Mixin private GatewayAddress gateway = new GatewayAddress();
    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
      for (JsonNode key : gateway.get("/admin/v1/keys").path("data")) {
        spec.commandLine()
            .getOut()
            .printf(
                "%s  %s...  %s  %s  %s  %s%s%n",
                key.path("id").asString(),
                key.path("prefix").asString(),
                key.path("tenant").asString(),
                String.join(",", key.path("scopes").valueStream().map(JsonNode::asString).toList()),
                key.path("last_used_at").isNull()
                    ? "never used"
                    : key.path("last_used_at").asString(),
                key.path("name").asString(),
                key.path("revoked_at").isNull() ? "" : "  (revoked)");
      }
      return 0;
    }
  }

  /** {@code keys revoke ID}. */
  @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Revokes a key at once.")
  static final class Revoke implements Callable<Integer> {
    @Mixin private GatewayAddress gateway = new GatewayAddress();

    @Parameters(index = "0", paramLabel = "ID", description = "The key's id, as list shows it.")
    private String id = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
      gateway.delete("/admin/v1/keys/" + URI.create(id).getRawPath());
      return 0;
    }
  }

  /** {@code keys new}: a key for a configuration, known to no gateway yet. */
  @Command(
      name = "new",
      mixinStandardHelpOptions = true,
      description = "Prints a new key for a configuration file; asks no gateway.")
  static final class New implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      spec.commandLine().getOut().println(ApiKey.generate(new SecureRandom()).value());
      return 0;
    }
  }
}
