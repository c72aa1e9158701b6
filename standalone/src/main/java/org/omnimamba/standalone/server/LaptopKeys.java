package org.omnimamba.standalone.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.omnimamba.gateway.keys.ApiKey;
import org.omnimamba.standalone.OmniMambaHome;

/**
 * The secrets that the first start makes and later starts find again.
 *
 * @param apiKey the key that the command line uses, in {@code $OMNIMAMBA_HOME/api-key}
 * @param apiKeyFile where it is kept, readable by the owner alone
 * @param webhookKey encrypts webhook secrets at rest, 32 bytes in base64
 * @param internalToken proves the gateway to the services; addresses of pictures are signed with a
 *     key derived from it, so it must outlive a restart as they do
 */
public record LaptopKeys(String apiKey, Path apiKeyFile, String webhookKey, String internalToken) {
  private static final String API_KEY_FILE = "api-key";
  private static final String WEBHOOK_KEY_FILE = "webhook-key";
  private static final String INTERNAL_TOKEN_FILE = "internal-token";
  private static final int SECRET_BYTES = 32;

  /** Reads the secrets, making those that are missing. */
  public static LaptopKeys load(OmniMambaHome home) throws IOException {
    return new LaptopKeys(
        readOrMake(home, API_KEY_FILE, () -> ApiKey.generate(new SecureRandom()).value()),
        apiKeyFile(home),
        readOrMake(home, WEBHOOK_KEY_FILE, () -> Base64.getEncoder().encodeToString(randomBytes())),
        readOrMake(home, INTERNAL_TOKEN_FILE, () -> HexFormat.of().formatHex(randomBytes())));
  }

  /** Where the command line finds the key of this machine's platform. */
  public static Path apiKeyFile(OmniMambaHome home) {
    return home.resolve(API_KEY_FILE);
  }

  private static String readOrMake(OmniMambaHome home, String name, Supplier<String> make)
      throws IOException {
    Path file = home.resolve(name);
    if (Files.exists(file)) {
      String found = Files.readString(file).strip();
      if (!found.isEmpty()) {
        return found;
      }
    }
    String made = make.get();
    home.writeSecret(name, made);
    return made;
  }

  private static byte[] randomBytes() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "LaptopKeys[" + apiKeyFile + "]";
  }
}
