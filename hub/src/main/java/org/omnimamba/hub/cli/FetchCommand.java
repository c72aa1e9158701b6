package org.omnimamba.hub.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.omnimamba.hub.FetchException;
import org.omnimamba.hub.FetchSettings;
import org.omnimamba.hub.models.FetchRequest;
import org.omnimamba.hub.models.Location;
import org.omnimamba.hub.models.ModelFetcher;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code omnimamba fetch}: a model from a hub or the web, ready to be served. */
@Command(
    name = "fetch",
    mixinStandardHelpOptions = true,
    description = {
      "Fetch a model from a hub or the web, and convert it to a model directory.",
      "Prints the directory. What was fetched before is used again; what was cut goes on."
          + " Nothing that is fetched is executed.",
      "Environment: HF_TOKEN, HF_ENDPOINT, HF_HUB_OFFLINE, HTTPS_PROXY, NO_PROXY."
    })
public final class FetchCommand implements Callable<Integer> {

  /** Types that weights can be written in, called as on the command line. */
  enum WeightType {
    F32(Dtype.F32),
    BF16(Dtype.BF16),
    INT8(Dtype.I8);

    private final Dtype dtype;

    WeightType(Dtype dtype) {
      this.dtype = dtype;
    }
  }

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "SOURCE",
      description =
          "hf:OWNER/NAME, hf:OWNER/NAME@REVISION, either with :FILE, or an https address. A file"
              + " that is no checkpoint is fetched as it is.")
  private String source;

  @Option(
      names = "--dtype",
      paramLabel = "f32|bf16|int8",
      defaultValue = "F32",
      description = "Type of the weights written (default: f32), as for convert.")
  private WeightType type;

  @Option(
      names = "--vq",
      paramLabel = "SOURCE",
      description =
          "The image tokenizer's weights, also a file here. Default: those in the checkpoint, else"
              + " hf:peizesun/llamagen_t2i:vq_ds16_t2i.pt")
  private @Nullable String vq;

  @Option(
      names = "--tokenizer",
      paramLabel = "SOURCE",
      description =
          "tokenizer.json, also a file here. Default: the one beside the checkpoint, else"
              + " hf:EleutherAI/gpt-neox-20b:tokenizer.json")
  private @Nullable String tokenizer;

  @Option(
      names = "--config",
      paramLabel = "SOURCE",
      description =
          "What shapes cannot tell, for sizes other than OmniMamba-1.3B and -L. Default: NAME.json"
              + " beside the checkpoint NAME.pth")
  private @Nullable String config;

  @Option(
      names = "--no-convert",
      description = "Fetch the checkpoint's file alone, and print where it stands.")
  private boolean plain;

  @Option(
      names = "--sha256",
      paramLabel = "HEX",
      description =
          "What the file at an https address must have. Files of a hub are always checked.")
  private @Nullable String sha256;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Where everything is kept. Default: $OMNIMAMBA_HOME/hub")
  private @Nullable Path cache;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "8",
      description = "Pieces of a large file that are fetched at once (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(names = "--offline", description = "Use what is in the cache, and no network.")
  private boolean offline;

  @Option(
      names = "--discard-downloads",
      description = "Delete the checkpoint's files after the conversion, which needs them no more.")
  private boolean discard;

  @Option(
      names = "--link",
      paramLabel = "PATH",
      description =
          "Make this path a symbolic link to the model directory, in place of an older link.")
  private @Nullable Path link;

  @Override
  public Integer call() throws IOException, InterruptedException {
    FetchSettings settings = settings();
    if (!Location.isRemote(source)) {
      throw new ParameterException(
          spec.commandLine(),
          "'%s' is neither hf:OWNER/NAME nor an https address; 'convert' takes files that are here"
              .formatted(source));
    }
    boolean model = !plain && Location.namesModel(source);
    if (link != null && !model) {
      throw new ParameterException(
          spec.commandLine(),
          ("--link is for model directories, and %s is fetched as the file that it is; name a"
                  + " repository or a checkpoint, without --no-convert, or leave --link out")
              .formatted(source));
    }
    PrintWriter err = spec.commandLine().getErr();
    FetchProgress progress = new FetchProgress(err, Terminal.isThere());
    ModelFetcher fetcher = new ModelFetcher(settings, progress);
    Path result;
    try {
      result = model ? fetcher.model(request()) : fetcher.file(source, digest());
    } finally {
      progress.done();
    }
    if (link != null) {
      link(link.toAbsolutePath().normalize(), result.toAbsolutePath());
    }
    spec.commandLine().getOut().println(result);
    if (model) {
      err.println("omnimamba: ready; next: omnimamba serve --model " + result);
    }
    return 0;
  }

  private FetchSettings settings() {
    Map<String, String> environment = System.getenv();
    Path folder = cache == null ? HubCache.folder(environment) : cache;
    FetchSettings settings = FetchSettings.of(environment, folder.toAbsolutePath().normalize());
    try {
      return settings
          .withTransfer(settings.transfer().withConnections(connections))
          .withOffline(offline || settings.offline());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
    }
  }

  private FetchRequest request() {
    return FetchRequest.of(source)
        .withDtype(type.dtype)
        .withVq(vq)
        .withTokenizer(tokenizer)
        .withConfig(config)
        .withDiscard(discard)
        .withSha256(digest());
  }

  private @Nullable String digest() {
    String digest = sha256 == null ? null : sha256.toLowerCase(Locale.ROOT);
    if (digest != null && !digest.matches("[0-9a-f]{64}")) {
      throw new ParameterException(
          spec.commandLine(), "--sha256 must be 64 hexadecimal digits, is " + sha256);
    }
    return digest;
  }

  private static void link(Path link, Path target) throws IOException {
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(link)) {
      throw new FetchException(
          "%s is there and is no link; name another path with --link".formatted(link));
    }
    Path folder = link.getParent();
    if (folder == null) {
      throw new FetchException(link + " cannot be a link; name another path with --link");
    }
    Files.createDirectories(folder);
    Path fresh = folder.resolve("." + link.getFileName() + "." + UUID.randomUUID());
    // where links lead to the folder, its ".." is not what the path says
    Files.createSymbolicLink(fresh, folder.toRealPath().relativize(target.toRealPath()));
    try {
      Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
