package org.omnimamba.model.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Loads the native half of DJL's tokenizers.
 *
 * <p>The jar carries {@code libtokenizers} (Hugging Face tokenizers, written in Rust, about 15 MB,
 * CPU only) for Linux on x86-64 and aarch64 and for macOS on arm64. DJL's own loader is passed by:
 * it probes for CUDA, would download another build where it finds one, keeps its copy in a
 * directory that others may have filled before, and reports its use over the network. Here the copy
 * goes to a new directory that only this user can read and is deleted once loaded; nothing is
 * downloaded.
 */
final class TokenizerLibrary {
  /**
   * System property with the path of a copy that lies unpacked already, as in images. It is
   * unpacked all the same where that file is missing.
   */
  private static final String UNPACKED = "omnimamba.tokenizers.library";

  private static boolean loaded;

  private TokenizerLibrary() {}

  /**
   * The native functions, loaded at the first call.
   *
   * @throws IllegalStateException if there is no library for this platform, or it does not load
   */
  static synchronized TokenizersLibrary get() {
    if (!loaded) {
      load();
      loaded = true;
    }
    return TokenizersLibrary.LIB;
  }

  private static void load() {
    String unpacked = System.getProperty(UNPACKED);
    if (unpacked != null && Files.isRegularFile(Path.of(unpacked))) {
      System.load(unpacked);
      return;
    }
    String resource =
        "native/lib/%s/cpu/%s".formatted(platform(), System.mapLibraryName("tokenizers"));
    try (InputStream library =
        TokenizersLibrary.class.getClassLoader().getResourceAsStream(resource)) {
      if (library == null) {
        throw new IllegalStateException("the tokenizers library has no " + resource);
      }
      loadFromCopy(library);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack the native tokenizers library", e);
    } catch (UnsatisfiedLinkError e) {
      throw new IllegalStateException("cannot load the native tokenizers library", e);
    }
  }

  /** The temporary directory and file are made with access for this user alone. */
  private static void loadFromCopy(InputStream library) throws IOException {
    Path directory = Files.createTempDirectory("omnimamba-tokenizers-");
    Path copy = directory.resolve(System.mapLibraryName("tokenizers"));
    try {
      Files.copy(library, copy);
      System.load(copy.toAbsolutePath().toString());
    } finally {
      Files.deleteIfExists(copy);
      Files.deleteIfExists(directory);
    }
  }

  private static String platform() {
    String system = System.getProperty("os.name", "").startsWith("Mac") ? "osx" : "linux";
    String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return system + "-" + (machine.equals("amd64") ? "x86_64" : machine);
  }
}
