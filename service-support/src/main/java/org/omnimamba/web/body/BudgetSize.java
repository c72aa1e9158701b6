package org.omnimamba.web.body;

import io.netty.util.internal.PlatformDependent;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.settings.InvalidSettingsException;
import org.omnimamba.web.settings.SettingProblem;
import org.springframework.util.unit.DataSize;

/**
 * How large the budget for bodies is in a process.
 *
 * <p>Without a setting it is 35 percent of the heap, or what the largest body needs where that is
 * more. At most half of the heap may be given to bodies, since the rest of the service needs the
 * other half. The network layer needs direct memory of the largest body and 32 MB.
 *
 * @param heap largest heap in bytes
 * @param direct largest direct memory in bytes
 */
public record BudgetSize(long heap, long direct) {
  private static final long DIRECT_RESERVE = DataSize.ofMegabytes(32).toBytes();

  /** With the memory of this process. */
  public static BudgetSize ofThisProcess() {
    return new BudgetSize(
        Runtime.getRuntime().maxMemory(), PlatformDependent.estimateMaxDirectMemory());
  }

  /**
   * A budget that fits.
   *
   * @param setting full name of the setting that {@code configured} comes from
   * @param configured null to compute it
   * @param maxBodySetting full name of the setting that {@code maxBody} comes from
   * @param maxBody largest body in bytes
   * @param copies see {@link BodyReader}
   * @throws InvalidSettingsException if bodies of that size do not fit this process, or the
   *     configured budget does not; says what to set
   */
  public ByteBudget budget(
      String setting,
      @Nullable DataSize configured,
      String maxBodySetting,
      long maxBody,
      int copies) {
    long most = heap / 2;
    // While the array of a body grows, half of it is there twice.
    long least = maxBody * copies * 3 / 2;
    if (least > most) {
      throw new InvalidSettingsException(
          new SettingProblem(
              maxBodySetting,
              "one body of %s needs %s of heap for bodies, which may take half of the heap: %s. Make the heap larger (-Xmx, or the container's memory) or this setting smaller"
                  .formatted(megabytes(maxBody), megabytes(least), megabytes(most))));
    }
    if (direct < maxBody + DIRECT_RESERVE) {
      throw new InvalidSettingsException(
          new SettingProblem(
              maxBodySetting,
              "bodies of %s need direct memory of at least %s, but -XX:MaxDirectMemorySize allows %s. Raise it or make this setting smaller"
                  .formatted(
                      megabytes(maxBody), megabytes(maxBody + DIRECT_RESERVE), megabytes(direct))));
    }
    if (configured == null) {
      return new ByteBudget(Math.max(least, heap * 35 / 100));
    }
    if (configured.toBytes() < least || configured.toBytes() > most) {
      throw new InvalidSettingsException(
          new SettingProblem(
              setting,
              "must be at least %s, which one body of %s needs, and at most half of the heap, %s; leave it out to have it computed"
                  .formatted(megabytes(least), megabytes(maxBody), megabytes(most))));
    }
    return new ByteBudget(configured.toBytes());
  }

  private static String megabytes(long bytes) {
    return bytes % 1024 != 0 || bytes < 1 << 20
        ? bytes + "B"
        : DataSize.ofBytes(bytes).toMegabytes() + "MB";
  }
}
