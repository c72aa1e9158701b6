package org.omnimamba.standalone.server;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * PostgreSQL's programs, unpacked once from the jar that holds them for this kind of machine.
 *
 * <p>They are unpacked beside their final folder, which is then named in one step: what an
 * interrupted start leaves behind is never taken for the whole.
 */
final class PostgresBinaries {
  private static final int OWNER_MAY_EXECUTE = 0100;

  private final Path folder;

  private PostgresBinaries(Path folder) {
    this.folder = folder;
  }

  /**
   * Unpacks the programs unless that has been done.
   *
   * @param parent folder that keeps one folder for each version
   * @throws IOException if there are none for this machine, or the disk is full
   */
  static PostgresBinaries in(Path parent) throws IOException {
    byte[] archive;
    try (InputStream packed =
        DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
            System.getProperty("os.name"), System.getProperty("os.arch"))) {
      archive = packed.readAllBytes();
    }
    Path folder = parent.resolve("postgres-" + digest(archive));
    if (!Files.isDirectory(folder)) {
      Path fresh = parent.resolve(folder.getFileName() + ".new");
      delete(fresh);
      try {
        unpack(archive, Files.createDirectories(fresh));
        Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        delete(fresh);
        throw new IOException(
            "PostgreSQL could not be unpacked to " + parent + " (it needs 100 MB there)", e);
      }
    }
    return new PostgresBinaries(folder);
  }

  /** The path of one program, such as {@code initdb}. */
  String program(String name) {
    return folder.resolve("bin").resolve(name).toString();
  }

  private static void unpack(byte[] archive, Path folder) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZCompressorInputStream(new ByteArrayInputStream(archive)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = folder.resolve(entry.getName()).normalize();
        if (entry.isDirectory()) {
          Files.createDirectories(path);
          continue;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, path);
          if ((entry.getMode() & OWNER_MAY_EXECUTE) != 0 && !path.toFile().setExecutable(true)) {
            throw new IOException(path + " cannot be made executable");
          }
        }
      }
    }
  }

  private static String digest(byte[] archive) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(archive);
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Deletes a folder and all in it; nothing if it does not exist. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
