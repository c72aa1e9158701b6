package org.omnimamba.jobs.webhook.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhookSignatureTest {
  private static final String BODY = "{\"type\":\"job.completed\",\"data\":{\"é\":\"✓\"}}";
  private final SigningSecret first = SigningSecret.generate(new SecureRandom());
  private final SigningSecret second = SigningSecret.generate(new SecureRandom());
  private final Instant now = Instant.now();

  @Test
  void theOfficialVerifierAcceptsTheSignature() {
    HttpHeaders headers = headers(List.of(first));
    assertThatCode(() -> new Webhook(first.text()).verify(BODY, headers))
        .doesNotThrowAnyException();
  }

  @Test
  void duringRotationBothSecretsVerify() {
    HttpHeaders headers = headers(List.of(second, first));
    assertThat(headers.firstValue("webhook-signature").orElseThrow().split(" ")).hasSize(2);
    assertThatCode(() -> new Webhook(first.text()).verify(BODY, headers))
        .doesNotThrowAnyException();
    assertThatCode(() -> new Webhook(second.text()).verify(BODY, headers))
        .doesNotThrowAnyException();
  }

  @Test
  void anotherSecretOrAnAlteredBodyDoesNotVerify() {
    HttpHeaders headers = headers(List.of(first));
    assertThatThrownBy(() -> new Webhook(second.text()).verify(BODY, headers))
        .isInstanceOf(WebhookVerificationException.class);
    assertThatThrownBy(() -> new Webhook(first.text()).verify(BODY + " ", headers))
        .isInstanceOf(WebhookVerificationException.class);
  }

  @Test
  void matchesTheStandardsOwnExample() {
    SigningSecret secret =
        SigningSecret.of(java.util.Base64.getDecoder().decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    assertThat(
            WebhookSignature.header(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                Instant.ofEpochSecond(1614265330),
                "{\"test\": 2432232314}".getBytes(UTF_8),
                List.of(secret)))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void secretsHaveTheStandardsFormAndDoNotPrintThemselves() {
    assertThat(first.text()).startsWith("whsec_").hasSize(6 + 44);
    assertThat(first.toString()).isEqualTo("whsec_***");
    assertThat(first).isNotEqualTo(second).isEqualTo(SigningSecret.of(first.bytes()));
    assertThatIllegalArgumentException().isThrownBy(() -> SigningSecret.of(new byte[23]));
    assertThatIllegalArgumentException().isThrownBy(() -> SigningSecret.of(new byte[65]));
  }

  private HttpHeaders headers(List<SigningSecret> secrets) {
    String signature = WebhookSignature.header("msg_1", now, BODY.getBytes(UTF_8), secrets);
    return HttpHeaders.of(
        Map.of(
            "webhook-id", List.of("msg_1"),
            "webhook-timestamp", List.of(Long.toString(now.getEpochSecond())),
            "webhook-signature", List.of(signature)),
        (name, value) -> true);
  }
}
