package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.RunProfile;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.checkpoint.Manifest;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.device.ExecutionOptions.Device;
import org.omnimamba.model.runtime.RuntimeOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A model that is measured in this process: which one, and how it runs. */
final class MeasuredModel {
  private static final int CPU_SEQUENCES = 8;
  private static final int GPU_SEQUENCES = 64;

  @Mixin private ModelOption model = new ModelOption();

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "CPU",
      description = "cpu or gpu. Default: ${DEFAULT-VALUE}")
  private Device device = Device.CPU;

  @Option(
      names = "--profile",
      paramLabel = "PROFILE",
      description =
          "exact: the reference's numbers, in float32. fast: the speed of the device."
              + " Default: fast on a GPU, exact on a CPU")
  private @Nullable RunProfile profile;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Sequences at a time. Default: 8 on a CPU, 64 on a GPU")
  private @Nullable Integer batch;

  /** Whether the user names a model. */
  boolean isNamed() {
    return model.isNamed();
  }

  Path locate(PrintWriter err) {
    return model.locate(err);
  }

  OmniMamba load(Path directory, PrintWriter err) {
    err.println("omnimamba: loading " + directory);
    return OmniMamba.load(directory, options());
  }

  private RuntimeOptions options() {
    boolean gpu = device == Device.GPU;
    if (gpu && profile() == RunProfile.FAST) {
      return RuntimeOptions.gpu().withSlots(sequences());
    }
    boolean compile = gpu || profile() == RunProfile.FAST;
    return RuntimeOptions.cpu()
        .withSlots(sequences())
        .withExecution(new ExecutionOptions(device, compile, 0));
  }

  private RunProfile profile() {
    if (profile != null) {
      return profile;
    }
    return device == Device.GPU ? RunProfile.FAST : RunProfile.EXACT;
  }

  private int sequences() {
    return batch != null ? batch : device == Device.GPU ? GPU_SEQUENCES : CPU_SEQUENCES;
  }

  /** What results depend on, by name. */
  Map<String, String> identity(Path directory) {
    Map<String, String> identity = new LinkedHashMap<>();
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      identity.put("model", checkpoint.config().name());
    }
    identity.put("files", files(directory));
    identity.put("device", device.name().toLowerCase(Locale.ROOT));
    identity.put("profile", profile().name().toLowerCase(Locale.ROOT));
    identity.put("batch", String.valueOf(sequences()));
    return identity;
  }

  /** The digest of the manifest, which has those of all files. */
  private static String files(Path directory) {
    Path manifest = directory.resolve(Manifest.FILE);
    if (!Files.isRegularFile(manifest)) {
      return directory.toAbsolutePath().toString();
    }
    try {
      byte[] text = Files.readString(manifest).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (IOException e) {
      throw new Failure("cannot read " + manifest, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has SHA-256
    }
  }
}
