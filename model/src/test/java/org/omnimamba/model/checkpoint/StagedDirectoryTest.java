package org.omnimamba.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;

class StagedDirectoryTest {
  @TempDir Path temp;

  @Test
  void appearsWithItsManifestWhenCommitted() throws IOException {
    Path target = temp.resolve("a/b/model");
    try (StagedDirectory directory = StagedDirectory.create(target)) {
      Files.writeString(directory.path().resolve("file"), "content");
      assertThat(target).doesNotExist();
      directory.commit();
    }
    assertThat(target.resolve("file")).hasContent("content");
    Manifest.read(target).verify(target);
    assertThat(Files.getPosixFilePermissions(target))
        .isEqualTo(Files.getPosixFilePermissions(Files.createDirectory(temp.resolve("plain"))));
    assertThat(target.getParent()).isDirectoryContaining("glob:**/model");
  }

  @Test
  void keepsWhatAnotherPutThereMeanwhile() throws IOException {
    Path target = temp.resolve("model");
    try (StagedDirectory directory = StagedDirectory.create(target)) {
      Files.createDirectory(target);
      Files.writeString(target.resolve("theirs"), "x");
      assertThatThrownBy(directory::commit)
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("meanwhile");
    }
    assertThat(temp).isDirectoryNotContaining("glob:**/.model*");
    assertThat(target.resolve("theirs")).hasContent("x");
  }

  @Test
  void whatKilledProcessesLeftIsRemovedAndNothingElse() throws IOException {
    Path target = temp.resolve("model");
    Path left = StagedDirectory.create(target).path();
    Files.writeString(left.resolve("half"), "x");
    Path other = StagedDirectory.create(temp.resolve("model2")).path();
    Files.createDirectory(target);
    CheckpointConverter.removeUnfinished(target);
    assertThat(left).doesNotExist();
    assertThat(other).isDirectory();
    assertThat(target).isDirectory();
  }

  @Test
  void isGoneWhenTheProcessIsEnded() throws Exception {
    Path target = temp.resolve("model");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Stuck.class.getName(),
                target.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      Path staging = Path.of(out.readLine());
      assertThat(staging).isNotEmptyDirectory();
      child.destroy();
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(temp).isEmptyDirectory();
      assertThat(child.exitValue()).isEqualTo(128 + 15);
    } finally {
      child.destroyForcibly();
    }
  }

  /** A conversion that never ends. */
  static final class Stuck {
    public static void main(String[] args) throws Exception {
      try (StagedDirectory directory = StagedDirectory.create(Path.of(args[0]))) {
        Files.writeString(directory.path().resolve("half"), "x");
        System.out.println(directory.path());
        // bounded, in case nobody ends this process
        boolean released = new CountDownLatch(1).await(2, TimeUnit.MINUTES);
        throw new IllegalStateException("nobody ended this process " + released);
      }
    }
  }
}
