package org.omnimamba.web.settings;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.constraints.AssertTrue;
import java.util.Locale;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.NestedExceptionUtils;

/** Says what is wrong with a setting, without showing secrets. */
final class ProblemTexts {
  private static final Pattern SECRET =
      Pattern.compile(".*(token|key|secret|password|credential|url|uri)s?(\\[.*])?$");
  private static final Pattern ELEMENT = Pattern.compile("\\.?<[^>]*>");
  private static final Pattern CAPITAL = Pattern.compile("(?<=[a-z0-9])([A-Z])");

  private ProblemTexts() {}

  static SettingProblem of(String prefix, ConstraintViolation<?> violation) {
    String path = prefix + "." + dashed(violation.getPropertyPath().toString());
    String message = violation.getMessage();
    if (violation.getConstraintDescriptor().getAnnotation() instanceof AssertTrue) {
      // The rule is about several settings; its own name is not one of them.
      return new SettingProblem(path.substring(0, path.lastIndexOf('.')), message);
    }
    Object rejected = violation.getInvalidValue();
    if (rejected == null || rejected.toString().isEmpty()) {
      return new SettingProblem(path, "is missing; it " + message);
    }
    return new SettingProblem(path, message + shown(path, rejected.toString()));
  }

  /** Why a value could not be read. */
  static String reason(ConfigurationPropertyName name, Exception error) {
    String cause = NestedExceptionUtils.getMostSpecificCause(error).getMessage();
    return isSecret(name.toString()) || cause == null
        ? "the value cannot be read"
        : "the value cannot be read: " + cause;
  }

  private static String shown(String property, String value) {
    return isSecret(property) ? "" : ", is '" + value + "'";
  }

  private static boolean isSecret(String property) {
    return SECRET.matcher(property).matches();
  }

  /** {@code limits.jsonDepth[0].<list element>} as {@code limits.json-depth[0]}. */
  private static String dashed(String path) {
    return CAPITAL
        .matcher(ELEMENT.matcher(path).replaceAll(""))
        .replaceAll("-$1")
        .toLowerCase(Locale.ROOT);
  }
}
