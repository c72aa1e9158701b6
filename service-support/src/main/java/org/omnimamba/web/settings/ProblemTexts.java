package org.omnimamba.web.settings;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.StringUtils;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/** Says what is wrong with a setting, without showing secrets. */
final class ProblemTexts {
  private static final Pattern SECRET =
      Pattern.compile(".*(token|key|secret|password|credential|url|uri)s?(\\[.*])?$");
  private static final Pattern CAPITAL = Pattern.compile("(?<=[a-z0-9])([A-Z])");

  private ProblemTexts() {}

  static List<SettingProblem> of(String prefix, BindValidationException invalid) {
    return invalid.getValidationErrors().getAllErrors().stream()
        .map(error -> problem(prefix, error))
        .toList();
  }

  private static SettingProblem problem(String prefix, ObjectError error) {
    String message = Objects.requireNonNullElse(error.getDefaultMessage(), "is not valid");
    if (!(error instanceof FieldError field)) {
      return new SettingProblem(prefix, message);
    }
    String path = prefix + "." + dashed(field.getField());
    if (Objects.equals(error.getCode(), "AssertTrue")) {
      // The rule is about several settings; its own name is not one of them.
      return new SettingProblem(path.substring(0, path.lastIndexOf('.')), message);
    }
    Object rejected = field.getRejectedValue();
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

  private static String shown(String property, @Nullable String value) {
    return isSecret(property) ? "" : ", is '" + value + "'";
  }

  private static boolean isSecret(String property) {
    return SECRET.matcher(property).matches();
  }

  private static String dashed(String field) {
    return StringUtils.uncapitalize(CAPITAL.matcher(field).replaceAll("-$1"))
        .toLowerCase(java.util.Locale.ROOT);
  }
}
