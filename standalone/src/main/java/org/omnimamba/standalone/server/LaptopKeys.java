package org.omnimamba.standalone.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.Supplier;
import org.omnimamba.gateway.keys.ApiKey;
import org.omnimamba.standalone.OmniMambaHome;

/**
 * The secrets that the first start makes and later starts find again.
 *
 * @param apiKey the key that the command line uses, in {@code $OMNIMAMBA_HOME/api-key}
 * @param apiKeyFile where it is kept, readable by the owner alone
 * @param webhookKey encrypts webhook secrets at rest, 32 bytes in base64
 */
public record LaptopKeys(String apiKey, Path apiKeyFile, String webhookKey) {
  private static final String API_KEY_FILE = "api-key";
  private static final String WEBHOOK_KEY_FILE = "webhook-key";

  /** Reads the secrets, making those that are missing. */
  public static LaptopKeys load(OmniMambaHome home) throws IOException {
    return new LaptopKeys(
        readOrMake(home, API_KEY_FILE, () -> ApiKey.generate(new SecureRandom()).value()),
        apiKeyFile(home),
        readOrMake(home, WEBHOOK_KEY_FILE, LaptopKeys::newWebhookKey));
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

  private static String newWebhookKey() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "LaptopKeys[" + apiKeyFile + "]";
  }
}
