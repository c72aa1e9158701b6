package org.omnimamba.web.settings;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.ValidatorFactory;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindMethod;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;

/**
 * Binds and checks all settings records of the platform in a context before anything uses one, so
 * that a start which fails names everything that is missing or wrong, and not the first of it.
 */
public final class SettingsCheck implements BeanFactoryPostProcessor {
  private static final String PLATFORM = "org.omnimamba.";

  private final Environment environment;

  public SettingsCheck(Environment environment) {
    this.environment = environment;
  }

  /**
   * @throws InvalidSettingsException if a setting is missing or wrong
   */
  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
    Set<SettingProblem> problems = new LinkedHashSet<>();
    try (ValidatorFactory validators = Validation.buildDefaultValidatorFactory()) {
      Validator validator = validators.getValidator();
      for (Class<?> type : settings(beans)) {
        problems.addAll(check(type, validator));
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(List.copyOf(problems));
    }
  }

  private static Set<Class<?>> settings(ConfigurableListableBeanFactory beans) {
    Set<Class<?>> types = new LinkedHashSet<>();
    for (String name : beans.getBeanNamesForAnnotation(ConfigurationProperties.class)) {
      Class<?> type = beans.getType(name, false);
      if (type != null && type.isRecord() && type.getName().startsWith(PLATFORM)) {
        types.add(type);
      }
    }
    return types;
  }

  private List<SettingProblem> check(Class<?> type, Validator validator) {
    String prefix =
        Objects.requireNonNull(
                AnnotatedElementUtils.getMergedAnnotation(type, ConfigurationProperties.class))
            .prefix();
    UnreadableValues unreadable = new UnreadableValues();
    Object settings = bind(prefix, type, unreadable);
    List<SettingProblem> problems = new ArrayList<>(unreadable.problems());
    if (settings != null) {
      for (ConstraintViolation<Object> violation : validator.validate(settings)) {
        SettingProblem problem = ProblemTexts.of(prefix, violation);
        // A value that could not be read is missing for the validation; it was told already.
        if (!unreadable.covers(problem)) {
          problems.add(problem);
        }
      }
    }
    return problems;
  }

  private @Nullable Object bind(String prefix, Class<?> type, UnreadableValues unreadable) {
    try {
      return Binder.get(environment)
          .bindOrCreate(
              prefix, Bindable.of(type).withBindMethod(BindMethod.VALUE_OBJECT), unreadable);
    } catch (RuntimeException e) {
      unreadable.add(ConfigurationPropertyName.of(prefix), e);
      return null;
    }
  }
}
